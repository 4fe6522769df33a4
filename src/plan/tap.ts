import { parseDuration } from '../model/text/duration.ts'
import { isLoopback, parseHostPort, parsePort } from '../model/text/host-port.ts'
import { catalogue } from '../model/text/language.ts'
import type { MeterOptions } from '../tap/metering/tap-meter.ts'
import { isPattern, MOST_PATTERNS } from '../tap/metering/topic-labels.ts'
import type { TapPlan } from '../tap/tap.ts'
import { isGiven, type TapOptions } from './options.ts'
import { planRotation } from './tap-rotation.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    udpBoth: '--to: is udp: and --listen is not; write udp: before both',
    noConnections: '--connections: datagrams have none; give --for',
    noPcap:
      '--pcap: is made of streams alone; capture datagrams with tcpdump, whose file inspect reads',
    place: (flag: string, text: string, like: number) =>
      `--${flag}: ${text} is neither a port nor HOST:PORT; give one like ${like}, 0.0.0.0:${like} or [::1]:${like}`,
    target: (text: string) =>
      `--to: ${text} is not HOST:PORT; give one like broker:1883 or [2001:db8::1]:1883`,
    loop: (port: number) =>
      `--to: is the place where the tap itself listens, port ${port}; give another port to --listen`,
    duration: (text: string) =>
      `--for: ${text} is no duration up to 24 days; give one like 500ms, 30s or 5min`,
    count: (flag: string, value: number, least: number) =>
      `--${flag}: ${value} is no whole number from ${least} on; give one`,
    limit: '--pcap-limit: bounds a capture; give --pcap FILE with it',
    ofMetrics: (flag: string) => `--${flag}: is told by --metrics; give that too`,
    tooMany: (count: number, most: number) =>
      `--topics: ${count} patterns are more than ${most}; give fewer`,
    pattern: (text: string) =>
      `--topics: ${text} is no pattern; + stands for one whole level and # for all that follow, as in plant/+/temp or plant/#`,
  },
  'zh-TW': {
    udpBoth: '--to：是 udp:，但 --listen 不是；請在兩者前面都寫 udp:',
    noConnections: '--connections：資料報沒有連線；請用 --for',
    noPcap: '--pcap：只存串流；請用 tcpdump 擷取資料報，inspect 能讀它的檔案',
    place: (flag, text, like) =>
      `--${flag}：${text} 既不是連接埠也不是 HOST:PORT；例如 ${like}、0.0.0.0:${like} 或 [::1]:${like}`,
    target: (text) => `--to：${text} 不是 HOST:PORT；例如 broker:1883 或 [2001:db8::1]:1883`,
    loop: (port) => `--to：是 tap 自己接聽的地方，連接埠 ${port}；請給 --listen 另一個連接埠`,
    duration: (text) => `--for：${text} 不是 24 天以內的時間；例如 500ms、30s 或 5min`,
    count: (flag, value, least) => `--${flag}：${value} 不是 ${least} 以上的整數`,
    limit: '--pcap-limit：限制擷取檔的大小；請一併給 --pcap FILE',
    ofMetrics: (flag) => `--${flag}：要與 --metrics 一起使用`,
    tooMany: (count, most) => `--topics：${count} 個樣式超過 ${most} 個；請減少`,
    pattern: (text) =>
      `--topics：${text} 不是樣式；+ 代表一整層，# 代表其後全部，例如 plant/+/temp 或 plant/#`,
  },
})

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
  if (carrier === 'tcp' && options.to.startsWith(UDP)) throw usage(say.udpBoth)
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
  if (options.connections !== undefined) throw usage(say.noConnections)
  if (options.pcap !== undefined) throw usage(say.noPcap)
}

/** Where the figures are served while a tap runs; null where they are not asked for. */
export const planMetrics = ({ metrics }: Pick<TapOptions, 'metrics'>): SocketPlace | null =>
  metrics === undefined ? null : parsePlace('metrics', metrics)

function parsePlace(flag: 'listen' | 'metrics', text: string): SocketPlace {
  const port = parsePort(text)
  if (port !== null) return { address: LOOPBACK, port }
  const place = parseHostPort(text)
  if (place !== null) return { address: place.host, port: place.port }
  const like = flag === 'listen' ? 1884 : 9464
  throw usage(say.place(flag, JSON.stringify(text), like))
}

function parseTarget(text: string): SocketPlace {
  const place = parseHostPort(text)
  if (place !== null && place.port > 0) return { address: place.host, port: place.port }
  throw usage(say.target(JSON.stringify(text)))
}

/** Each connection would open the next one. */
function refuseLoop(listen: SocketPlace, target: SocketPlace): void {
  if (listen.port !== target.port) return
  const isSame = listen.address === target.address
  const isOwn =
    isLoopback(target.address) && /^(127\.|::|0\.0\.0\.0$|localhost$)/.test(listen.address)
  if (!isSame && !isOwn) return
  throw usage(say.loop(target.port))
}

function parseFor(text: string | undefined): number | null {
  if (text === undefined) return null
  const durationMs = parseDuration(text)
  if (durationMs !== null && durationMs > 0 && durationMs <= MAX_TIMER_MS) return durationMs
  throw usage(say.duration(JSON.stringify(text)))
}

function parseCount(flag: string, value: number | undefined, least: number): number | null {
  if (value === undefined) return null
  if (Number.isSafeInteger(value) && value >= least) return value
  throw usage(say.count(flag, value, least))
}

function planCapture(options: TapOptions): TapPlan['capture'] {
  const limitBytes = parseCount('pcap-limit', options['pcap-limit'], MIN_CAPTURE_BYTES)
  if (options.pcap !== undefined) {
    return { path: options.pcap, limitBytes: limitBytes ?? DEFAULT_CAPTURE_BYTES }
  }
  if (limitBytes === null) return null
  throw usage(say.limit)
}

function planMeter(options: TapOptions): MeterOptions | null {
  const { metrics, baseline, topics = [] } = options
  for (const flag of ['baseline', 'topics', 'name'] as const) {
    if (metrics !== undefined || !isGiven(options[flag])) continue
    throw usage(say.ofMetrics(flag))
  }
  const periods = options.rotate !== undefined
  if (metrics === undefined) return periods ? { topics: [], held: null, periods } : null
  if (topics.length > MOST_PATTERNS) throw usage(say.tooMany(topics.length, MOST_PATTERNS))
  const wrong = topics.find((pattern) => !isPattern(pattern))
  if (wrong !== undefined) throw usage(say.pattern(JSON.stringify(wrong)))
  // What grew is told by its topic, unless it is said which.
  return {
    topics: topics.length === 0 && baseline !== undefined ? ['#'] : topics,
    held: null,
    periods,
  }
}
