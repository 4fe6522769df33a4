import type { YAMLError } from 'yaml'
import { LineCounter, parseDocument } from 'yaml'
import { describeError, InstrumentError } from '../model/errors.ts'
import { catalogue, named } from '../model/text/language.ts'
import { quote } from './quote.ts'
import { YAML_PROBLEMS } from './yaml-words.ts'

const say = catalogue({
  en: {
    at: (name: string, line: number, what: string) => `${name}:${line}: ${what}`,
    twice: (key: string) => `key ${key} is given twice; give it once`,
    documents: 'has several documents (---); one file holds one scenario',
    tooDeep: 'nests too deeply',
    noYaml: (why: string, _code: YAMLError['code']) => `is not YAML: ${why}`,
    circular: 'has an alias inside its own anchor',
    unusable: (why: string) => `is not usable YAML: ${why}`,
  },
  'zh-TW': {
    at: (name, line, what) => `${name}:${line}：${what}`,
    twice: (key) => `鍵 ${key} 出現了兩次；請只寫一次`,
    documents: '含有好幾份文件（---）；一個檔案只放一個情境',
    tooDeep: '巢狀太深',
    noYaml: (_why, code) => `不是 YAML：${YAML_PROBLEMS[code]}`,
    circular: '別名位於它自己的錨點之內',
    unusable: (why) =>
      `YAML 無法使用：${/^Unresolved alias/.test(why) ? '有個別名沒有錨點' : '別名展開之後太多'}`,
  },
})

function describeYamlError(error: YAMLError, source: string): string {
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:]*/.exec(source.slice(error.pos[0]))?.[0] ?? ''
      return say.twice(quote(key))
    }
    case 'MULTIPLE_DOCS':
      return say.documents
    default:
      if (error.message.startsWith('Maximum call stack')) return say.tooDeep
      return say.noYaml(describeError(error), error.code)
  }
}

function isCircular(value: unknown): boolean {
  try {
    JSON.stringify(value)
    return false
  } catch {
    return true
  }
}

/**
 * One YAML document as plain values; YAML 1.2, so `no` is a word and not false.
 * Warnings, such as an unknown tag, are errors here: what was written would not
 * be what is measured.
 * @param name how messages call the text
 * @throws InstrumentError `scenario-invalid`, with the line
 */
export function parseYaml(source: string, name: string): unknown {
  const invalid = (what: string, cause?: unknown) =>
    new InstrumentError('scenario-invalid', named(name, what), { cause })
  const lines = new LineCounter()
  try {
    const document = parseDocument(source, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      logLevel: 'error',
    })
    const problem = document.errors[0] ?? document.warnings[0]
    if (problem !== undefined) {
      const { line } = lines.linePos(problem.pos[0])
      const what = describeYamlError(problem, source)
      throw new InstrumentError('scenario-invalid', say.at(name, line, what))
    }
    const value: unknown = document.toJS()
    if (isCircular(value)) throw invalid(say.circular)
    return value
  } catch (error) {
    if (error instanceof InstrumentError) throw error
    // A stack overflow: brackets opened by the thousand.
    if (error instanceof RangeError) throw invalid(say.tooDeep, error)
    // Aliases that multiply, or that name no anchor, are found when values are made of them.
    throw invalid(say.unusable(describeError(error)), error)
  }
}
