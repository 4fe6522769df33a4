import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import {
  tabulateEstimators,
  tabulateLastingBias,
  tabulatePlainRule,
  tabulatePlainRuleLastingBias,
  tabulateRates,
} from './simulation-tables.ts'

// Run by `npm run simulate-gate`: how often the latency gate passes, fails and
// gives no verdict on forks whose truth is known. Prints Markdown.

const { trials, seed, compare } = await yargs(hideBin(process.argv))
  .scriptName('simulate-latency-gate')
  .option('trials', { type: 'number', default: 2_000, describe: 'simulated checks per row' })
  .option('seed', { type: 'number', default: 1, describe: 'the same seed prints the same table' })
  .option('compare', {
    type: 'boolean',
    default: false,
    describe: 'also the estimators and the rule that were not chosen',
  })
  .check((options) => {
    if (!(Number.isInteger(options.trials) && options.trials > 0)) {
      throw new Error('--trials: must be a whole number above 0, such as 2000')
    }
    if (!Number.isInteger(options.seed))
      throw new Error('--seed: must be a whole number, such as 1')
    return true
  })
  .strict()
  .parse()

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const request = { trials, seed }
const print = (title: string, table: string): boolean =>
  process.stdout.write(`### ${title}\n\n${table}\n`)

print('How checks end', tabulateRates(request))
print(
  'Where arms differ for a whole check (noise 2.6 %, one fork in ten corrupted)',
  tabulateLastingBias(request),
)
if (compare) {
  print('Estimators: one-sided 95 % upper bound, truth 0', tabulateEstimators(request))
  print('The plain rule', tabulatePlainRule(request))
  print('The plain rule, where arms differ', tabulatePlainRuleLastingBias(request))
}
