import { WORDS } from '../../export/words.ts'
import { InstrumentError } from '../../model/errors.ts'
import { catalogue } from '../../model/text/language.ts'
import { isGiven, TARGET_OPTIONS } from '../../plan/options.ts'
import { createProgress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import { type CheckArguments, DEFAULT_BASELINE } from '../flags/check.ts'
import { checkBytes } from './check-bytes.ts'
import { checkObserved, isObserved, refuseObserved } from './check-observed.ts'

const say = catalogue({
  en: {
    stopped: (why: string) => `error: ${why}: there is no verdict`,
    testsLatency: 'tests latency too; leave --latency out',
    ofLatency: 'belongs to --latency; give that too',
    ownEndpoints: 'the gate is tested on endpoints of its own; leave it out',
    crossed: 'what crossed already is read; leave it out',
    ofServer: 'is for a server that is already there; give --http-url or --mqtt-url too',
    embedded: (file: string) =>
      `${file} is of the embedded endpoints; give a file of its own with --baseline`,
    ofBytes: 'belongs to the check of bytes; leave it out',
  },
  'zh-TW': {
    stopped: (why) => `錯誤：${why}：沒有判定`,
    testsLatency: '已包含延遲；請拿掉 --latency',
    ofLatency: '要與 --latency 一起使用',
    ownEndpoints: '自我測試用自己的端點；請拿掉它',
    crossed: '讀的是已經送過的內容；請拿掉它',
    ofServer: '用於既有的伺服器；請一併給 --http-url 或 --mqtt-url',
    embedded: (file) => `${file} 屬於內建端點；請用 --baseline 另給一個檔案`,
    ofBytes: '只用於位元組檢查；請拿掉它',
  },
})

const LATENCY_FLAGS = ['reference', 'reference-http-url', 'reference-mqtt-url', 'strict'] as const
/** Of a server of one's own, whose latency or bytes are checked. */
const SERVER_FLAGS = ['http-url', 'mqtt-url', 'messages', ...TARGET_OPTIONS] as const
const BYTE_FLAGS = ['update', 'allow-smaller', 'junit'] as const

/** What few checks need is loaded where it is. */
const latency = () => import('./check-latency.ts')
const selfTest = () => import('./self-test.ts')

/** `check`: bytes against a baseline, latency against a reference, or the gate against itself. */
export async function runCheck(argv: CheckArguments, stop: Stop): Promise<void> {
  refuseContradictions(argv)
  const progress = createProgress(process.stderr)
  try {
    if (argv['self-test']) await (await selfTest()).runSelfTest(argv, stop, progress)
    else if (argv.latency) await (await latency()).checkLatencies(argv, stop, progress)
    else if (isObserved(argv)) await checkObserved(argv, stop, progress)
    else await checkBytes(argv, stop, progress)
  } catch (error) {
    progress.done()
    // A check has no half result: what stops it is all there is to say; a tap is meant to be stopped.
    const isOwn = argv.tap && error instanceof InstrumentError
    if (!stop.signal.aborted || isOwn) throw error
    progress.warn(say.stopped((stop.signal.reason as Error).message))
    process.exitCode = stop.exitCode() ?? 0
  }
}

function refuseContradictions(argv: CheckArguments): void {
  const refuse = (flag: string, why: string): never => {
    throw new InstrumentError('usage', WORDS.named(`--${flag}`, why))
  }
  if (argv['self-test'] && argv.latency) refuse('self-test', say.testsLatency)
  refuseObserved(argv, refuse)
  for (const flag of LATENCY_FLAGS) {
    if (!argv.latency && isGiven(argv[flag])) refuse(flag, say.ofLatency)
  }
  for (const flag of SERVER_FLAGS) {
    if (!isGiven(argv[flag]) || argv.latency) continue
    if (argv['self-test']) refuse(flag, say.ownEndpoints)
    if (isObserved(argv)) refuse(flag, say.crossed)
    if ((argv['http-url'] ?? argv['mqtt-url']) === undefined) {
      refuse(flag, say.ofServer)
    }
    if (argv.baseline === DEFAULT_BASELINE) {
      refuse(flag, say.embedded(DEFAULT_BASELINE))
    }
  }
  for (const flag of BYTE_FLAGS) {
    if ((argv.latency || argv['self-test']) && argv[flag]) {
      refuse(flag, say.ofBytes)
    }
  }
}
