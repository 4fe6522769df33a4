import { appendFile } from 'node:fs/promises'
import { renderCheck } from '../../export/check/index.ts'
import { describeError } from '../../model/errors.ts'
import { EXIT } from '../../model/exit-codes.ts'
import type { CheckResult } from '../../model/report/check/check.ts'
import { catalogue } from '../../model/text/language.ts'
import { writeOutput } from '../../terminal/output.ts'
import type { CheckArguments } from '../flags/check.ts'
import { writeFileWhole } from './stored-baseline.ts'

const say = catalogue({
  en: { noSummary: (why: string) => `the job summary cannot be written: ${why}` },
  'zh-TW': { noSummary: (why) => `無法寫入工作摘要：${why}` },
})

/** Leaves the exit status of a check, and says its result everywhere where somebody reads it. */
export async function tellResult(argv: CheckArguments, result: CheckResult): Promise<void> {
  process.exitCode = result.exitCode
  await tellPipeline(argv, result)
  await writeOutput(renderCheck(argv.format, result))
}

/** JUnit where asked for; on GitHub, annotations and the job's summary. */
async function tellPipeline(argv: CheckArguments, result: CheckResult): Promise<void> {
  if (argv.junit !== undefined) await writeFileWhole(argv.junit, renderCheck('junit', result))
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = process.env
  // On stderr, so that stdout stays what --format says.
  if (GITHUB_ACTIONS === 'true') process.stderr.write(renderCheck('github', result))
  if (!GITHUB_STEP_SUMMARY) return
  try {
    await appendFile(GITHUB_STEP_SUMMARY, renderCheck('markdown', result))
  } catch (error) {
    process.stderr.write(`${say.noSummary(describeError(error))}\n`)
    process.exitCode ||= EXIT.failed
  }
}
