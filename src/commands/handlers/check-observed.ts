import { basename } from 'node:path'
import { addMissingCells, renderBaseline, replaceCells } from '../../gate/baseline.ts'
import { concludeCheck } from '../../gate/conclude-check.ts'
import {
  baselineOfObserved,
  idOf,
  judgeObserved,
  ObservedKinds,
  type ObservedProblem,
} from '../../gate/observed.ts'
import { InstrumentError } from '../../model/errors.ts'
import type { Baseline } from '../../model/report/check/baseline.ts'
import type { CaptureLedger } from '../../model/report/tap/captured.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { readPackageVersion } from '../../package-root.ts'
import { isGiven } from '../../plan/options.ts'
import { planTap } from '../../plan/tap.ts'
import { runTap } from '../../tap/tap.ts'
import { checkAgainst } from '../../tap/tap-book.ts'
import type { Progress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import type { Speech } from '../../wire/detection/detected-connection.ts'
import type { CheckArguments } from '../flags/check.ts'
import { OBSERVED_FLAGS } from '../flags/observed.ts'
import { readCaptureFile } from './inspect-capture.ts'
import { commandOf, readBaseline, writeFileWhole } from './stored-baseline.ts'
import { tellResult } from './tell-pipeline.ts'

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
      if (isGiven(argv[flag])) refuse(flag, 'belongs to --capture or --tap; give one of them too')
    }
    return
  }
  const flag = argv.tap ? 'tap' : 'capture'
  if (argv.tap && argv.capture !== undefined) refuse('capture', 'not together with --tap')
  if (argv.latency || argv['self-test']) refuse(flag, 'is of bytes that crossed already')
  if (argv.transports !== undefined)
    refuse('transports', `belongs to scenarios; --${flag} has none`)
  if (argv.scenario.length > 0) {
    refuse(flag, `is held in place of scenarios; leave ${argv.scenario.join(' ')} out`)
  }
  for (const each of TAP_FLAGS) {
    if (!argv.tap && isGiven(argv[each])) refuse(each, 'belongs to --tap; give that too')
  }
  if (argv.tap && (argv.listen === undefined || argv.to === undefined)) {
    refuse('tap', 'needs --listen PORT and --to HOST:PORT')
  }
  if (argv.tap && argv.keylog !== undefined) refuse('keylog', 'belongs to --capture')
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
    progress.note(`${argv.baseline} is written, ${name} of it anew`)
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
  throw new InstrumentError(
    'usage',
    `--name: give one of small letters, digits and hyphens, such as my-sensor`,
  )
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

/** What a cell of a connection is called, by what it speaks. */
function protocolOf({ protocol, tls }: Pick<Speech, 'protocol' | 'tls'>): string | null {
  if (tls === 'closed') return 'TLS'
  return protocol === null || tls === 'none' ? protocol : `${protocol} over TLS`
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
    onFrame: (frame, speech) => kinds.add(protocolOf(speech) ?? 'unrecognised', frame),
  })
  const problems = ledger.connections.flatMap(problemsOf)
  if (kinds.ids.length === 0 && problems.length === 0) {
    throw new InstrumentError(
      'capture-unreadable',
      `${path}: has no connection on which was spoken`,
    )
  }
  return { kinds, problems }
}

function problemsOf(connection: CaptureLedger['connections'][number]): ObservedProblem[] {
  const { number, client, ledger, unread, missingBytes, beginning } = connection
  const lost = unread.filter(isLost)
  const protocol = protocolOf(connection)
  const isSilent = sumLedger(ledger) === 0 && lost.length === 0
  const reasons = [
    ...lost.map(({ bytes, direction, reason }) => `${bytes} bytes ${direction} ${reason}`),
    ...(missingBytes.up + missingBytes.down === 0 ? [] : ['the capture lacks bytes of it']),
    ...(beginning === 'joined' && !isSilent ? ['it began before the capture'] : []),
    ...(protocol === null && !isSilent ? ['what it speaks is not known'] : []),
  ]
  return reasons.slice(0, 1).map((reason) => ({
    id: idOf(protocol ?? 'unrecognised'),
    reason: `connection ${number} from ${client}: ${reason}`,
  }))
}

async function observeTap(argv: CheckArguments, stop: Stop, progress: Progress): Promise<Observed> {
  const { listen = '', to = '', connections } = argv
  const kinds = new ObservedKinds()
  const report = await runTap(planTap({ listen, to, for: argv.for, connections }), {
    signal: stop.signal,
    reportEveryMs: NEVER_MS,
    onListening: (place) => progress.note(`tap listens on ${place} and passes on to ${to}`),
    onReport: () => undefined,
    onRemark: (line) => progress.warn(line),
    onFrame: (frame, speech) => kinds.add(protocolOf(speech) ?? 'unrecognised', frame),
  })
  checkAgainst(report.wireBytes, report.protocols)
  const problems = report.protocols.flatMap(({ protocol, unread }): ObservedProblem[] => {
    const [lost] = unread.filter(isLost)
    const reason = `${lost?.bytes} bytes ${lost?.direction}: ${lost?.reason}`
    return lost === undefined ? [] : [{ id: idOf(protocol), reason }]
  })
  if (kinds.ids.length === 0 && problems.length === 0) {
    throw new InstrumentError('connection', `--tap: nothing that can be held crossed to ${to}`)
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
    throw new InstrumentError('unexplained-bytes', `${reason}; the baseline is not written`)
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
