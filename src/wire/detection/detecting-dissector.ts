import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type { Dissector, DissectorFactory, DissectorSink } from '../../model/wire/frame.ts'
import type { WirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import { http1Reader } from '../dissectors/http1/http1.ts'
import type { OpenHandover } from '../dissectors/http1/http1-handover.ts'
import { dissectUpgradedHttp2 } from '../dissectors/http2/http2.ts'
import type { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { dissectOpaqueTls } from '../dissectors/tls/opaque-tls.ts'
import { dissectTls } from '../dissectors/tls/tls.ts'
import { dissectWebSocket } from '../dissectors/websocket/websocket.ts'
import { detectJoined, type Heard } from './detect-joined.ts'
import { readerOf } from './readers.ts'
import { clientRandomOf, type Detection, detectFinally, detectProtocol } from './signatures.ts'

/** A server that says so much before its client says anything speaks none of the protocols known. */
const MAX_WAITING_BYTES = 64 * 1024

/**
 * What was found out about a connection; `inside` where it was TLS that could be
 * opened, and what it carried was recognised too.
 */
export type OnDetected = (detection: Detection, place: 'outside' | 'inside') => void

/**
 * A dissector for a connection of which nothing is known beforehand: the first
 * bytes of its client decide which one it is.
 * @param secrets of the TLS connections that can be opened; the others are counted by record
 * @param port of the server: a hint for a connection that began earlier
 */
export function detectingDissector(
  secrets: TlsSecrets,
  onDetected: OnDetected,
  port: number | null = null,
): DissectorFactory {
  return (sink, start = 'fresh') =>
    new DetectingDissector(
      sink,
      (detection, first) => {
        onDetected(detection, 'outside')
        if (detection.kind !== 'tls') return dissectorFor(detection, handover(secrets, onDetected))
        if (!canOpen(secrets, first)) return dissectOpaqueTls
        return dissectTls(insideTls(onDetected), secrets)
      },
      { start, port },
    )
}

function insideTls(onDetected: OnDetected): DissectorFactory {
  return (sink) =>
    new DetectingDissector(
      sink,
      (detection) => {
        onDetected(detection, 'inside')
        return dissectorFor(detection)
      },
      { start: 'fresh', port: null },
    )
}

function dissectorFor(
  detection: Detection,
  openHandover: OpenHandover = () => null,
): DissectorFactory | null {
  if (detection.kind !== 'known') return null
  return detection.protocol === 'http/1.1'
    ? http1Reader(null, openHandover)
    : readerOf(detection.protocol)
}

/** What a connection is after HTTP/1.1: it is told of as that, where it is recognised. */
function handover(secrets: TlsSecrets, onDetected: OnDetected): OpenHandover {
  const tell: OnDetected = (detection, place) => {
    if (detection.kind !== 'foreign') onDetected(detection, place)
  }
  return (to) => {
    if (to === 'tunnel') return detectingDissector(secrets, tell)
    const protocol = to === 'h2c' ? 'http/2' : to
    tell({ kind: 'known', protocol }, 'outside')
    return to === 'h2c' ? dissectUpgradedHttp2 : dissectWebSocket
  }
}

function canOpen(secrets: TlsSecrets, first: Uint8Array): boolean {
  const random = clientRandomOf(first)
  // Of TLS 1.3, and of 1.2 (RFC 9850).
  return ['CLIENT_TRAFFIC_SECRET_0', 'CLIENT_RANDOM'].some(
    (label) => random !== null && secrets.find(label, random) !== null,
  )
}

type Choice = (detection: Detection, first: Uint8Array) => DissectorFactory | null

/** Holds back what is said until it is known whose it is. */
class DetectingDissector implements Dissector {
  readonly #sink: DissectorSink
  readonly #choose: Choice
  readonly #port: number | null
  /** `joined` too where the first bytes that crossed are missing. */
  #start: 'fresh' | 'joined'
  /** What was said, and of what was not captured, how much. */
  #waiting: [Direction, Uint8Array | number][] = []
  #waitingBytes = 0
  /** What the client has said so far. */
  #first: Uint8Array = new Uint8Array(0)
  #chosen: Dissector | null = null
  /** It does not begin as its protocol does. */
  #isJoined = false
  /** Directions that are read no further. */
  readonly #deaf = new Set<Direction>()

  constructor(
    sink: DissectorSink,
    choose: Choice,
    { start, port }: { start: 'fresh' | 'joined'; port: number | null },
  ) {
    this.#sink = sink
    this.#choose = choose
    this.#start = start
    this.#port = port
  }

  feed(direction: Direction, bytes: Uint8Array): void {
    if (this.#chosen !== null) {
      if (!this.#deaf.has(direction)) this.#chosen.feed(direction, bytes)
      return
    }
    this.#waiting.push([direction, bytes])
    this.#waitingBytes += bytes.length
    if (direction === 'up') this.#first = Buffer.concat([this.#first, bytes])
    const detection = this.#detect(direction)
    if (detection !== null) this.#settle(detection)
  }

  missing(direction: Direction, lengthBytes: number): void {
    if (this.#chosen !== null) this.#miss(this.#chosen, direction, lengthBytes)
    else {
      this.#waiting.push([direction, lengthBytes])
      // Whatever it says next is not how its protocol begins.
      if (direction === 'up') this.#start = 'joined'
    }
  }

  end(): void {
    if (this.#chosen === null && this.#waitingBytes > 0) this.#settle(this.#detectFinally())
    this.#chosen?.end()
  }

  /** What the server says decides nothing, unless it says too much. */
  #detect(direction: Direction): Detection | null {
    if (this.#waitingBytes > MAX_WAITING_BYTES) return this.#detectFinally()
    const found = direction === 'up' ? detectProtocol(this.#first) : null
    // Of a connection that began earlier, both sides are listened to for longer.
    return this.#start === 'joined' && found?.kind === 'foreign' ? null : found
  }

  #detectFinally(): Detection {
    const found = detectFinally(this.#first)
    // Of a client that was not heard, the server's units tell as much.
    if (this.#first.length === 0) this.#start = 'joined'
    if (this.#start === 'fresh' || found.kind !== 'foreign') return found
    this.#isJoined = true
    const joined = detectJoined(this.#waiting, this.#port)
    return joined.kind === 'foreign' ? found : joined
  }

  #settle(detection: Detection): void {
    const dissect = this.#choose(detection, this.#first) ?? refuseAll(detection)
    const isLater = mayBeLater(detection) || (this.#isJoined && !beginsWithAnswer(this.#waiting))
    const chosen = dissect(this.#sink, isLater ? this.#start : 'fresh')
    this.#chosen = chosen
    const waiting = this.#waiting
    this.#waiting = []
    for (const [direction, said] of waiting) {
      if (typeof said === 'number') this.#miss(chosen, direction, said)
      else this.feed(direction, said)
    }
  }

  /** A dissector that cannot go on behind a gap reads no further in its direction. */
  #miss(chosen: Dissector, direction: Direction, lengthBytes: number): void {
    if (this.#deaf.has(direction)) return
    if (chosen.missing !== undefined) chosen.missing(direction, lengthBytes)
    else {
      this.#deaf.add(direction)
      this.#sink.unexplained({ direction, offset: 0, reason: BEHIND_GAP })
    }
  }
}

/** A request stands anywhere on its connection; what the others are told by, only where they begin. */
const mayBeLater = (detection: Detection): boolean =>
  detection.kind === 'known' && detection.protocol === 'http/1.1'

const SWITCHING = Buffer.from('HTTP/1.1 101')

/** The request that opens it is missing, and its answer is not: it begins as such a connection does. */
function beginsWithAnswer(heard: Heard): boolean {
  const [asked] = heard.find(([direction]) => direction === 'up')?.slice(1) ?? []
  const [answer] = heard.find(([direction]) => direction === 'down')?.slice(1) ?? []
  if (typeof asked !== 'number' || !(answer instanceof Uint8Array)) return false
  return SWITCHING.equals(answer.subarray(0, SWITCHING.length))
}

const BEHIND_GAP = 'bytes before them are missing from the capture'

/** Nothing can be read of a protocol without a dissector. */
function refuseAll(detection: Detection): DissectorFactory {
  const name = detection.kind === 'foreign' ? detection.name : null
  const reason: WirePhrase =
    name === null ? 'the protocol is not recognised' : `there is no dissector for ${name}`
  return (sink) => {
    const refused = new Set<Direction>()
    return {
      feed: (direction, bytes) => {
        if (bytes.length > 0) refused.add(direction)
      },
      end: () => {
        for (const direction of DIRECTIONS) {
          if (refused.has(direction)) sink.unexplained({ direction, offset: 0, reason })
        }
      },
    }
  }
}
