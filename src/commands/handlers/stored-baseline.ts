import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { WORDS } from '../../export/words.ts'
import { parseBaseline } from '../../gate/parse-baseline.ts'
import { describeSystemError, InstrumentError } from '../../model/errors.ts'
import type { Baseline } from '../../model/report/check/baseline.ts'
import { catalogue } from '../../model/text/language.ts'
import { commandLine } from '../../model/text/shell.ts'
import { makeFolders } from '../../system/make-folders.ts'
import { type CheckArguments, DEFAULT_BASELINE } from '../flags/check.ts'

const say = catalogue({
  en: {
    none: (command: string) =>
      `there is no baseline; write it with ${command} --update, and commit it`,
    unreadable: (why: string) => `cannot be read: ${why}`,
    unwritable: (path: string, why: string) => `${path}: cannot be written: ${why}`,
  },
  'zh-TW': {
    none: (command) => `沒有基準；請用 ${command} --update 寫入，並提交到版本庫`,
    unreadable: (why) => `無法讀取：${why}`,
    unwritable: (path, why) => `${path}：無法寫入：${why}`,
  },
})

/**
 * The stored baseline; null where there is none and it is about to be written.
 * @param command the check, to which `--update` can be added
 * @throws InstrumentError `baseline-unreadable`
 */
export async function readBaseline(
  { baseline, update }: CheckArguments,
  command: string,
): Promise<Baseline | null> {
  let text: string
  try {
    text = await readFile(baseline, 'utf8')
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (isMissing && update !== undefined) return null
    const problem = isMissing ? say.none(command) : say.unreadable(describeSystemError(error))
    throw new InstrumentError('baseline-unreadable', WORDS.named(baseline, problem), {
      cause: error,
    })
  }
  return parseBaseline(text, baseline, `${command} --update`)
}

/** @throws InstrumentError `out-unwritable` */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  try {
    await makeFolders(dirname(path))
    await writeFile(`${path}.tmp`, text)
    await rename(`${path}.tmp`, path)
  } catch (error) {
    throw new InstrumentError('out-unwritable', say.unwritable(path, describeSystemError(error)), {
      cause: error,
    })
  }
}

/** A check as it was called, to be pasted; `--update` can be added to it. */
export function commandOf(argv: CheckArguments, words: readonly string[]): string {
  const baseline = argv.baseline === DEFAULT_BASELINE ? [] : ['--baseline', argv.baseline]
  return commandLine(['check', ...words, ...baseline])
}
