import type { YAMLError } from 'yaml'
import { LineCounter, parseDocument } from 'yaml'
import { describeError, InstrumentError } from '../model/errors.ts'
import { quote } from './quote.ts'

function describeYamlError(error: YAMLError, source: string): string {
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:]*/.exec(source.slice(error.pos[0]))?.[0] ?? ''
      return `key ${quote(key)} is given twice; give it once`
    }
    case 'MULTIPLE_DOCS':
      return 'has several documents (---); one file holds one scenario'
    default:
      if (error.message.startsWith('Maximum call stack')) return 'nests too deeply'
      return `is not YAML: ${describeError(error)}`
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
    new InstrumentError('scenario-invalid', `${name}${what}`, { cause })
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
      throw invalid(`:${line}: ${describeYamlError(problem, source)}`)
    }
    const value: unknown = document.toJS()
    if (isCircular(value)) throw invalid(': has an alias inside its own anchor')
    return value
  } catch (error) {
    if (error instanceof InstrumentError) throw error
    // A stack overflow: brackets opened by the thousand.
    if (error instanceof RangeError) throw invalid(': nests too deeply', error)
    // Aliases that multiply, or that name no anchor, are found when values are made of them.
    throw invalid(`: is not usable YAML: ${describeError(error)}`, error)
  }
}
