import { basename } from 'node:path'
import { WORDS } from '../../export/words.ts'
import { addMissingCells, renderBaseline, replaceCells } from '../../gate/baseline.ts'
import { concludeCheck } from '../../gate/conclude-check.ts'
import {
  baselineOfObserved,
  judgeObserved,
  ObservedKinds,
  type ObservedProblem,
} from '../../gate/observed.ts'
import { InstrumentError } from '../../model/errors.ts'
import type { Baseline } from '../../model/report/check/baseline.ts'
import { idOf, spokenName } from '../../model/report/check/observed-id.ts'
import type { CaptureLedger } from '../../model/report/tap/captured.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Direction } from '../../model/vocabulary.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { readPackageVersion } from '../../package-root.ts'
import { isGiven } from '../../plan/options.ts'
import { planTap } from '../../plan/tap.ts'
import { runTap } from '../../tap/tap.ts'
import { checkAgainst } from '../../tap/tap-book.ts'
import type { Progress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import type { CheckArguments } from '../flags/check.ts'
import { OBSERVED_FLAGS } from '../flags/observed.ts'
import { readCaptureFile } from './inspect-capture.ts'
import { commandOf, readBaseline, writeFileWhole } from './stored-baseline.ts'
import { tellResult } from './tell-pipeline.ts'

const say = catalogue({
  en: {
    ofEither: 'belongs to --capture or --tap; give one of them too',
    notWithTap: 'not together with --tap',
    crossed: 'is of bytes that crossed already',
    ofScenarios: (flag: string) => `belongs to scenarios; ${flag} has none`,
    inPlace: (scenarios: string) => `is held in place of scenarios; leave ${scenarios} out`,
    ofTap: 'belongs to --tap; give that too',
    needs: 'needs --listen PORT and --to HOST:PORT',
    ofCapture: 'belongs to --capture',
    written: (file: string, name: string) => `${file} is written, ${name} of it anew`,
    name: '--name: give one of small letters, digits and hyphens, such as my-sensor',
    silent: (path: string) => `${path}: has no connection on which was spoken`,
    lost: (bytes: number, direction: string, reason: string) =>
      `${bytes} bytes ${direction}: ${reason}`,
    lacks: 'the capture lacks bytes of it',
    joined: 'it began before the capture',
    unknown: 'what it speaks is not known',
    connection: (number: number, client: string, reason: string) =>
      `connection ${number} from ${client}: ${reason}`,
    listening: (place: string, to: string) => `tap listens on ${place} and passes on to ${to}`,
    nothing: (to: string) => `--tap: nothing that can be held crossed to ${to}`,
    notWritten: (reason: string) => `${reason}; the baseline is not written`,
  },
  'zh-TW': {
    ofEither: '要與 --capture 或 --tap 一起使用',
    notWithTap: '不能與 --tap 一起使用',
    crossed: '檢查的是已經送過的位元組',
    ofScenarios: (flag) => `用於情境；${flag} 沒有情境`,
    inPlace: (scenarios) => `取代情境；請拿掉 ${scenarios}`,
    ofTap: '要與 --tap 一起使用',
    needs: '需要 --listen PORT 與 --to HOST:PORT',
    ofCapture: '要與 --capture 一起使用',
    written: (file, name) => `已寫入 ${file}，其中 ${name} 是新的`,
    name: '--name：請用小寫字母、數字與連字號，例如 my-sensor',
    silent: (path) => `${path}：沒有任何一條連線傳送過內容`,
    lost: (bytes, direction, reason) => `${direction} ${bytes} 位元組：${reason}`,
    lacks: '擷取檔缺少它的一些位元組',
    joined: '它在擷取之前就開始了',
    unknown: '不知道它使用的協定',
    connection: (number, client, reason) => `連線 ${number}，來自 ${client}：${reason}`,
    listening: (place, to) => `tap 在 ${place} 接聽，轉送到 ${to}`,
    nothing: (to) => `--tap：沒有可比較的內容送往 ${to}`,
    notWritten: (reason) => `${reason}；基準沒有寫入`,
  },
})

const TAP_FLAGS = ['listen', 'to', 'for', 'connections'] as const
const NEVER_MS = 2 ** 31 - 1

interface Observed {
  kinds: ObservedKinds
  problems: ObservedProblem[]
}

/** Whether a check is of what somebody's own programs send. */
export const isObserved = ({ capture, tap }: CheckArguments): boolean =>
  capture !== undefined || tap

/** @param refuse throws */
export function refuseObserved(
  argv: CheckArguments,
  refuse: (flag: string, why: string) => never,
): void {
  if (!isObserved(argv)) {
    for (const flag of Object.keys(OBSERVED_FLAGS) as (keyof typeof OBSERVED_FLAGS)[]) {
      if (isGiven(argv[flag])) refuse(flag, say.ofEither)
    }
    return
  }
  const flag = argv.tap ? 'tap' : 'capture'
  if (argv.tap && argv.capture !== undefined) refuse('capture', say.notWithTap)
  if (argv.latency || argv['self-test']) refuse(flag, say.crossed)
  if (argv.transports !== undefined) refuse('transports', say.ofScenarios(`--${flag}`))
  if (argv.scenario.length > 0) {
    refuse(flag, say.inPlace(argv.scenario.join(' ')))
  }
  for (const each of TAP_FLAGS) {
    if (!argv.tap && isGiven(argv[each])) refuse(each, say.ofTap)
  }
  if (argv.tap && (argv.listen === undefined || argv.to === undefined)) {
    refuse('tap', say.needs)
  }
  if (argv.tap && argv.keylog !== undefined) refuse('keylog', say.ofCapture)
}

/** `check --capture`, `check --tap`: what a real device sent against what it sent when it was right. */
export async function checkObserved(
  argv: CheckArguments,
  stop: Stop,
  progress: Progress,
): Promise<void> {
  const name = nameOf(argv)
  const command = commandOf(argv, wordsOf(argv))
  const stored = await readBaseline(argv, command)
  const observed = argv.tap
    ? await observeTap(argv, stop, progress)
    : await observeCapture(argv.capture as string, argv, stop)
  const version = readPackageVersion()
  if (argv.update !== undefined) {
    const fresh = baselineOfObserved(name, observed.kinds, { 'mqtt-vs-http': version })
    await update(argv, name, stored, fresh, observed)
    progress.note(say.written(argv.baseline, name))
    return
  }
  const cells = judgeObserved(name, observed.kinds, observed.problems, stored as Baseline, {
    allowSmaller: argv['allow-smaller'],
  })
  const tool = { name: 'mqtt-vs-http' as const, version }
  const { baseline } = argv
  await tellResult(argv, concludeCheck({ tool, baseline, command, cells, budgets: [] }))
}

function nameOf({ capture, name }: CheckArguments): string {
  const file = basename(capture ?? 'tap').replace(/(\.(pcap|pcapng|cap))?(\.(gz|zst))?$/i, '')
  const id = idOf(name ?? file)
  if (id !== '' && (name === undefined || id === name)) return id
  throw new InstrumentError('usage', say.name)
}

function wordsOf({ capture, keylog, name, ...argv }: CheckArguments): string[] {
  const given = (flag: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${flag}`, String(value)]
  return [
    ...given('capture', capture),
    ...given('keylog', keylog),
    ...(argv.tap ? ['--tap', ...TAP_FLAGS.flatMap((flag) => given(flag, argv[flag]))] : []),
    ...given('name', name),
  ]
}

const lostText = ({ bytes, direction, reason }: Lost): string =>
  say.lost(bytes, WORDS.directions[direction], reason)

interface Lost {
  bytes: number
  direction: Direction
  reason: string
}

/** What cannot be seen into has its sizes all the same. */
const isLost = ({ reason }: { reason: string }): boolean => !reason.includes('encrypted')

async function observeCapture(
  path: string,
  { keylog }: CheckArguments,
  { signal }: Stop,
): Promise<Observed> {
  const kinds = new ObservedKinds()
  const ledger = await readCaptureFile(path, {
    ...{ keylog, signal },
    onFrame: (frame, speech) => kinds.add(spokenName(speech) ?? 'unrecognised', frame),
  })
  const problems = ledger.connections.flatMap(problemsOf)
  if (kinds.ids.length === 0 && problems.length === 0) {
    throw new InstrumentError('capture-unreadable', say.silent(path))
  }
  return { kinds, problems }
}

function problemsOf(connection: CaptureLedger['connections'][number]): ObservedProblem[] {
  const { number, client, ledger, unread, missingBytes, beginning } = connection
  const lost = unread.filter(isLost)
  const protocol = spokenName(connection)
  const isSilent = sumLedger(ledger) === 0 && lost.length === 0
  const reasons = [
    ...lost.map(lostText),
    ...(missingBytes.up + missingBytes.down === 0 ? [] : [say.lacks]),
    ...(beginning === 'joined' && !isSilent ? [say.joined] : []),
    ...(protocol === null && !isSilent ? [say.unknown] : []),
  ]
  return reasons.slice(0, 1).map((reason) => ({
    id: idOf(protocol ?? 'unrecognised'),
    reason: say.connection(number, client, reason),
  }))
}

async function observeTap(argv: CheckArguments, stop: Stop, progress: Progress): Promise<Observed> {
  const { listen = '', to = '', connections } = argv
  const kinds = new ObservedKinds()
  const report = await runTap(planTap({ listen, to, for: argv.for, connections }), {
    signal: stop.signal,
    reportEveryMs: NEVER_MS,
    onListening: (place) => progress.note(say.listening(place, to)),
    onReport: () => undefined,
    onRemark: (remark) => progress.warn(saidText(remark)),
    onFrame: (frame, speech) => kinds.add(spokenName(speech) ?? 'unrecognised', frame),
  })
  checkAgainst(report.wireBytes, report.protocols)
  const problems = report.protocols.flatMap(({ protocol, unread }): ObservedProblem[] => {
    const [lost] = unread.filter(isLost)
    return lost === undefined ? [] : [{ id: idOf(protocol), reason: lostText(lost) }]
  })
  if (kinds.ids.length === 0 && problems.length === 0) {
    throw new InstrumentError('connection', say.nothing(to))
  }
  return { kinds, problems }
}

/** @throws InstrumentError where something could not be read: nothing is written then */
async function update(
  argv: CheckArguments,
  name: string,
  stored: Baseline | null,
  fresh: Baseline,
  { kinds, problems }: Observed,
): Promise<void> {
  const obstacles = kinds.ids.flatMap((id) => kinds.obstacle(id) ?? [])
  const [reason] = [...problems.map((problem) => problem.reason), ...obstacles]
  if (reason !== undefined) {
    throw new InstrumentError('unexplained-bytes', say.notWritten(saidText(reason)))
  }
  await writeFileWhole(argv.baseline, renderBaseline(merge(argv, name, stored, fresh)))
}

function merge(
  argv: CheckArguments,
  name: string,
  stored: Baseline | null,
  fresh: Baseline,
): Baseline {
  if (stored === null) return fresh
  if (argv.update === 'new') return addMissingCells(stored, fresh)
  const { [name]: _, ...others } = stored.cells
  return replaceCells({ ...stored, cells: others }, fresh, null)
}
