import { InstrumentError } from '../model/errors.ts'
import { parseDuration } from '../model/text/duration.ts'
import { isLoopback, parseHostPort, parsePort } from '../model/text/host-port.ts'
import type { MeterOptions } from '../tap/metering/tap-meter.ts'
import { isPattern, MOST_PATTERNS } from '../tap/metering/topic-labels.ts'
import type { TapPlan } from '../tap/tap.ts'
import { isGiven, type TapOptions } from './options.ts'
import { planRotation } from './tap-rotation.ts'

type SocketPlace = TapPlan['listen']

const LOOPBACK = '127.0.0.1'
const DEFAULT_CAPTURE_BYTES = 1024 ** 3
/** Less than that holds no connection. */
const MIN_CAPTURE_BYTES = 4096
/** Of a timer in Node: 2^31 − 1 ms, 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** @throws InstrumentError `usage`, naming the flag */
export function planTap(options: TapOptions): TapPlan {
  const carrier = options.listen.startsWith(UDP) ? 'udp' : 'tcp'
  if (carrier === 'tcp' && options.to.startsWith(UDP)) {
    throw new InstrumentError(
      'usage',
      `--to: is ${UDP} and --listen is not; write udp: before both`,
    )
  }
  const listen = parsePlace('listen', withoutUdp(options.listen))
  const target = parseTarget(withoutUdp(options.to))
  refuseLoop(listen, target)
  if (carrier === 'udp') refuseForUdp(options)
  return {
    carrier,
    listen,
    target,
    forMs: parseFor(options.for),
    connections: parseCount('connections', options.connections, 1),
    capture: planCapture(options),
    meter: planMeter(options),
    rotation: planRotation(options),
    only: { host: options.host ?? null, protocol: options.protocol ?? null },
  }
}

/** Before a place of datagrams. */
const UDP = 'udp:'
const withoutUdp = (text: string): string => (text.startsWith(UDP) ? text.slice(UDP.length) : text)

function refuseForUdp(options: TapOptions): void {
  if (options.connections !== undefined) {
    throw new InstrumentError('usage', '--connections: datagrams have none; give --for')
  }
  if (options.pcap !== undefined) {
    throw new InstrumentError(
      'usage',
      '--pcap: is made of streams alone; capture datagrams with tcpdump, whose file inspect reads',
    )
  }
}

/** Where the figures are served while a tap runs; null where they are not asked for. */
export const planMetrics = ({ metrics }: TapOptions): SocketPlace | null =>
  metrics === undefined ? null : parsePlace('metrics', metrics)

function parsePlace(flag: 'listen' | 'metrics', text: string): SocketPlace {
  const port = parsePort(text)
  if (port !== null) return { address: LOOPBACK, port }
  const place = parseHostPort(text)
  if (place !== null) return { address: place.host, port: place.port }
  const like = flag === 'listen' ? 1884 : 9464
  throw new InstrumentError(
    'usage',
    `--${flag}: ${JSON.stringify(text)} is neither a port nor HOST:PORT; give one like ${like}, 0.0.0.0:${like} or [::1]:${like}`,
  )
}

function parseTarget(text: string): SocketPlace {
  const place = parseHostPort(text)
  if (place !== null && place.port > 0) return { address: place.host, port: place.port }
  throw new InstrumentError(
    'usage',
    `--to: ${JSON.stringify(text)} is not HOST:PORT; give one like broker:1883 or [2001:db8::1]:1883`,
  )
}

/** Each connection would open the next one. */
function refuseLoop(listen: SocketPlace, target: SocketPlace): void {
  if (listen.port !== target.port) return
  const isSame = listen.address === target.address
  const isOwn =
    isLoopback(target.address) && /^(127\.|::|0\.0\.0\.0$|localhost$)/.test(listen.address)
  if (!isSame && !isOwn) return
  throw new InstrumentError(
    'usage',
    `--to: is the place where the tap itself listens, port ${target.port}; give another port to --listen`,
  )
}

function parseFor(text: string | undefined): number | null {
  if (text === undefined) return null
  const durationMs = parseDuration(text)
  if (durationMs !== null && durationMs > 0 && durationMs <= MAX_TIMER_MS) return durationMs
  throw new InstrumentError(
    'usage',
    `--for: ${JSON.stringify(text)} is no duration up to 24 days; give one like 500ms, 30s or 5min`,
  )
}

function parseCount(flag: string, value: number | undefined, least: number): number | null {
  if (value === undefined) return null
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new InstrumentError(
    'usage',
    `--${flag}: ${value} is no whole number from ${least} on; give one`,
  )
}

function planCapture(options: TapOptions): TapPlan['capture'] {
  const limitBytes = parseCount('pcap-limit', options['pcap-limit'], MIN_CAPTURE_BYTES)
  if (options.pcap !== undefined) {
    return { path: options.pcap, limitBytes: limitBytes ?? DEFAULT_CAPTURE_BYTES }
  }
  if (limitBytes === null) return null
  throw new InstrumentError('usage', '--pcap-limit: bounds a capture; give --pcap FILE with it')
}

function planMeter(options: TapOptions): MeterOptions | null {
  const { metrics, baseline, topics = [] } = options
  for (const flag of ['baseline', 'topics', 'name'] as const) {
    if (metrics !== undefined || !isGiven(options[flag])) continue
    throw new InstrumentError('usage', `--${flag}: is told by --metrics; give that too`)
  }
  const periods = options.rotate !== undefined
  if (metrics === undefined) return periods ? { topics: [], held: null, periods } : null
  if (topics.length > MOST_PATTERNS) {
    throw new InstrumentError(
      'usage',
      `--topics: ${topics.length} patterns are more than ${MOST_PATTERNS}; give fewer`,
    )
  }
  const wrong = topics.find((pattern) => !isPattern(pattern))
  if (wrong !== undefined) {
    throw new InstrumentError(
      'usage',
      `--topics: ${JSON.stringify(wrong)} is no pattern; + stands for one whole level and # for all that follow, as in plant/+/temp or plant/#`,
    )
  }
  // What grew is told by its topic, unless it is said which.
  return {
    topics: topics.length === 0 && baseline !== undefined ? ['#'] : topics,
    held: null,
    periods,
  }
}
