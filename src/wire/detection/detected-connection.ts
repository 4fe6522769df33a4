import { type CountedOutcome, Outcomes } from '../../model/report/outcomes.ts'
import { type CountedWireRemark, WireRemarks } from '../../model/report/remarks.ts'
import type { SubjectCount } from '../../model/report/subjects.ts'
import type { CapturedConnection, UnitCount, UnreadBytes } from '../../model/report/tap/captured.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type {
  ConnectionMemory,
  Dissector,
  DissectorFactory,
  DissectorSink,
  Frame,
  Unexplained,
} from '../../model/wire/frame.ts'
import { type ByteTotals, LedgerBook } from '../../model/wire/ledger.ts'
import type { WirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import type { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { isEncrypted } from '../dissectors/tls/opaque-tls.ts'
import { detectingDatagrams } from './detecting-datagrams.ts'
import { detectingDissector } from './detecting-dissector.ts'
import { DirectionAccount, type Loss } from './direction-account.ts'
import type { Detection } from './signatures.ts'
import { SubjectReader } from './subject-reader.ts'

/** What a connection turned out to speak. */
export type Speech = Pick<CapturedConnection, 'protocol' | 'tls'> & {
  /** Of a protocol that is recognised and cannot be read. */
  foreignName: string | null
}

/** @param subject what it is about: a topic, a path; null where it does not say */
export type FrameListener = (frame: Frame, speech: Speech, subject: string | null) => void

export interface ConnectionContext {
  /** Is told each frame, after it was counted, and what its connection speaks. */
  onFrame?: FrameListener | undefined
  /** Is told the lines of each head of HTTP/1.1. */
  onHead?: DissectorSink['head']
  /** What the connections of the same capture or tap leave to each other. */
  memory?: ConnectionMemory | undefined
  /** Left out: a stream. Of datagrams, each call of `feed` is one. */
  carrier?: 'datagrams' | undefined
  /** What it speaks, where that is known all the same: in datagrams, by the port. */
  known?: { protocol: string; dissect: DissectorFactory } | undefined
  /** `joined`: it began before its first byte that is fed; `fresh` if left out. */
  start?: 'fresh' | 'joined' | undefined
  /** Of the server, where it is known: a hint for a connection that began earlier. */
  port?: number | undefined
}

/**
 * The account of one connection of which nothing is known beforehand: what its
 * client says first decides how it is read. Bytes that cannot be read are
 * counted, and it is said why. No frame is kept.
 */
export class DetectedConnection {
  readonly book = new LedgerBook()
  readonly #remarks = new WireRemarks()
  readonly #outcomes = new Outcomes()
  readonly #subjects = new SubjectReader()
  #speech: Speech | null = null
  /** Null once nothing is read any more: it may hold much. */
  #dissector: Dissector | null
  readonly #onFrame: FrameListener
  readonly #directions: Readonly<Record<Direction, DirectionAccount>> = {
    up: new DirectionAccount('up'),
    down: new DirectionAccount('down'),
  }

  /** @param secrets of the TLS connections that can be opened */
  constructor(
    secrets: TlsSecrets,
    {
      onFrame = () => undefined,
      onHead,
      memory,
      known,
      carrier,
      start,
      port,
    }: ConnectionContext = {},
  ) {
    this.#onFrame = onFrame
    const open =
      known?.dissect ??
      (carrier === 'datagrams'
        ? detectingDatagrams((detection) => this.#detected(detection, 'outside'))
        : null) ??
      detectingDissector(secrets, (detection, place) => this.#detected(detection, place), port)
    if (known !== undefined) {
      this.#speech = { protocol: known.protocol, tls: 'none', foreignName: null }
    }
    this.#dissector = open(
      {
        frame: (frame) => this.#addFrame(frame),
        unexplained: (gap) => {
          this.#directions[gap.direction].stop(gap)
          this.#subjects.lose(gap.direction)
        },
        remark: (remark) => this.#remarks.add(remark),
        outcome: (outcome, count) => this.#outcomes.add(outcome, count),
        ...{ memory, head: onHead },
      },
      start,
    )
  }

  /** Null as long as too little was said to tell. */
  get speech(): Speech | null {
    return this.#speech
  }

  /** Messages of the steady phase, by who sent them. */
  get messages(): ByteTotals {
    return { up: this.#directions.up.messages, down: this.#directions.down.messages }
  }

  get units(): UnitCount[] {
    return DIRECTIONS.flatMap((direction) => this.#directions[direction].units)
  }

  /** Rules that were broken, though what was said could be read. */
  get remarks(): CountedWireRemark[] {
    return this.#remarks.list()
  }

  /** What became of what was asked and sent. */
  get outcomes(): CountedOutcome[] {
    return this.#outcomes.list()
  }

  /** What its messages were about. */
  get subjects(): SubjectCount[] {
    return this.#subjects.list()
  }

  feed(direction: Direction, bytes: Uint8Array): void {
    this.#directions[direction].feed(bytes.length)
    this.#dissector?.feed(direction, bytes)
  }

  /**
   * Bytes that crossed here, and that nobody has.
   * @param lengthBytes at least 1
   */
  missing(direction: Direction, lengthBytes: number): void {
    this.#directions[direction].miss(lengthBytes)
    this.#dissector?.missing?.(direction, lengthBytes)
  }

  /** The connection ended: what is half read is unread. */
  end(): void {
    this.#dissector?.end()
    this.#dissector = null
  }

  /** Reads no further, in neither direction; what comes is counted. */
  abandon(reason: WirePhrase): void {
    this.#dissector = null
    for (const direction of DIRECTIONS) this.#directions[direction].abandon(reason)
  }

  /** The first place of a direction that is not explained; null where everything so far is. */
  gap(direction: Direction): Unexplained | null {
    return this.#directions[direction].firstGap
  }

  /** Bytes of a direction that are in no frame, and why. */
  losses(direction: Direction): Loss[] {
    return this.#directions[direction].losses(
      this.#dissector ? 'what they begin was not over yet' : 'no rule explains them',
    )
  }

  /** Bytes of a direction that are in frames and cannot be seen into, and in how many records. */
  encrypted(direction: Direction): { bytes: number; records: number } {
    return this.#directions[direction].encrypted
  }

  /** Bytes of a direction that are in no layer, and why. */
  unread(direction: Direction): UnreadBytes[] {
    const { bytes, records } = this.encrypted(direction)
    const reason = `the content of ${records} encrypted records, whose keys are not known`
    return [
      ...(bytes === 0 ? [] : [{ direction, bytes, reason }]),
      ...this.losses(direction).map((loss) => ({
        direction,
        bytes: loss.bytes,
        reason: `${loss.from === null ? `in ${loss.places} places` : `from byte ${loss.from} on`}: ${loss.reason}`,
      })),
    ]
  }

  #detected(detection: Detection, place: 'outside' | 'inside'): void {
    const protocol = detection.kind === 'known' ? detection.protocol : null
    const foreignName = detection.kind === 'foreign' ? detection.name : null
    const tls = place === 'inside' ? 'opened' : detection.kind === 'tls' ? 'closed' : 'none'
    this.#speech = { protocol, tls, foreignName }
  }

  #addFrame(frame: Frame): void {
    const account = this.#directions[frame.direction]
    account.add(frame)
    let hasPayload = false
    for (const part of frame.parts) {
      if (isEncrypted(part)) {
        account.encrypted.bytes += part.lengthBytes
        account.encrypted.records += 1
      } else {
        this.book.addBytes(frame, part.layer, part.lengthBytes)
        hasPayload ||= part.layer === 'payload'
      }
    }
    if (beginsMessage(frame, hasPayload)) account.messages += 1
    const subject = this.#subjects.add(frame)
    if (this.#speech !== null) this.#onFrame(frame, this.#speech, subject)
  }
}

/** Where a frame does not say, one with a payload is a whole message. */
export function beginsMessage({ phase, message }: Frame, hasPayload: boolean): boolean {
  if (phase !== 'steady' || message === 'continues') return false
  return message === 'begins' || hasPayload
}
