import { InstrumentError } from '../../model/errors.ts'
import { isGiven, TARGET_OPTIONS } from '../../plan/options.ts'
import { createProgress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import type { CheckArguments } from '../flags/check.ts'
import { checkBytes } from './check-bytes.ts'
import { checkLatencies } from './check-latency.ts'
import { checkObserved, isObserved, refuseObserved } from './check-observed.ts'
import { runSelfTest } from './self-test.ts'
import { DEFAULT_BASELINE } from './stored-baseline.ts'

const LATENCY_FLAGS = ['reference', 'reference-http-url', 'reference-mqtt-url', 'strict'] as const
/** Of a server of one's own, whose latency or bytes are checked. */
const SERVER_FLAGS = ['http-url', 'mqtt-url', 'messages', ...TARGET_OPTIONS] as const
const BYTE_FLAGS = ['update', 'allow-smaller', 'junit'] as const

/** `check`: bytes against a baseline, latency against a reference, or the gate against itself. */
export async function runCheck(argv: CheckArguments, stop: Stop): Promise<void> {
  refuseContradictions(argv)
  const progress = createProgress(process.stderr)
  try {
    if (argv['self-test']) await runSelfTest(argv, stop, progress)
    else if (argv.latency) await checkLatencies(argv, stop, progress)
    else if (isObserved(argv)) await checkObserved(argv, stop, progress)
    else await checkBytes(argv, stop, progress)
  } catch (error) {
    progress.done()
    // A check has no half result: what stops it is all there is to say; a tap is meant to be stopped.
    const isOwn = argv.tap && error instanceof InstrumentError
    if (!stop.signal.aborted || isOwn) throw error
    progress.warn(`error: ${(stop.signal.reason as Error).message}: there is no verdict`)
    process.exitCode = stop.exitCode() ?? 0
  }
}

function refuseContradictions(argv: CheckArguments): void {
  const refuse = (flag: string, why: string): never => {
    throw new InstrumentError('usage', `--${flag}: ${why}`)
  }
  if (argv['self-test'] && argv.latency)
    refuse('self-test', 'tests latency too; leave --latency out')
  refuseObserved(argv, refuse)
  for (const flag of LATENCY_FLAGS) {
    if (!argv.latency && isGiven(argv[flag])) refuse(flag, 'belongs to --latency; give that too')
  }
  for (const flag of SERVER_FLAGS) {
    if (!isGiven(argv[flag]) || argv.latency) continue
    if (argv['self-test']) refuse(flag, 'the gate is tested on endpoints of its own; leave it out')
    if (isObserved(argv)) refuse(flag, 'what crossed already is read; leave it out')
    if ((argv['http-url'] ?? argv['mqtt-url']) === undefined) {
      refuse(flag, 'is for a server that is already there; give --http-url or --mqtt-url too')
    }
    if (argv.baseline === DEFAULT_BASELINE) {
      refuse(
        flag,
        `${DEFAULT_BASELINE} is of the embedded endpoints; give a file of its own with --baseline`,
      )
    }
  }
  for (const flag of BYTE_FLAGS) {
    if ((argv.latency || argv['self-test']) && argv[flag]) {
      refuse(flag, 'belongs to the check of bytes; leave it out')
    }
  }
}
