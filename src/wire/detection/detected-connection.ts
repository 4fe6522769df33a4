import type { CapturedConnection, UnitCount, UnreadBytes } from '../../model/report/captured.ts'
import { type CountedWireRemark, WireRemarks } from '../../model/report/remarks.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type { Dissector, Frame, Unexplained } from '../../model/wire/frame.ts'
import { type ByteTotals, LedgerBook } from '../../model/wire/ledger.ts'
import type { TlsSecrets } from '../dissectors/tls/tls-secrets.ts'
import { detectingDissector } from './detecting-dissector.ts'
import { isEncrypted } from './opaque-tls.ts'
import type { Detection } from './signatures.ts'

/** What a connection turned out to speak. */
export type Speech = Pick<CapturedConnection, 'protocol' | 'tls'> & {
  /** Of a protocol that is recognised and cannot be read. */
  foreignName: string | null
}

interface DirectionAccount {
  fedBytes: number
  /** Bytes that are in frames. */
  framedBytes: number
  encryptedBytes: number
  encryptedRecords: number
  messages: number
  /** Where it stops being explained. */
  gap: Unexplained | null
  readonly units: Map<string, UnitCount>
}

/**
 * The account of one connection of which nothing is known beforehand: what its
 * client says first decides how it is read. Bytes that cannot be read are
 * counted, and it is said why. No frame is kept.
 */
export class DetectedConnection {
  readonly book = new LedgerBook()
  readonly #remarks = new WireRemarks()
  #speech: Speech | null = null
  readonly #dissector: Dissector
  readonly #onFrame: (frame: Frame) => void
  readonly #directions: Readonly<Record<Direction, DirectionAccount>> = {
    up: newAccount(),
    down: newAccount(),
  }
  #state: 'open' | 'ended' = 'open'

  /**
   * @param secrets of the TLS connections that can be opened
   * @param onFrame is told each frame, after it was counted
   */
  constructor(secrets: TlsSecrets, onFrame: (frame: Frame) => void = () => undefined) {
    this.#onFrame = onFrame
    const open = detectingDissector(secrets, (detection, place) => this.#detected(detection, place))
    this.#dissector = open({
      frame: (frame) => this.#addFrame(frame),
      unexplained: (gap) => {
        this.#directions[gap.direction].gap ??= gap
      },
      remark: (remark) => this.#remarks.add(remark),
    })
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
    return DIRECTIONS.flatMap((direction) => [...this.#directions[direction].units.values()])
  }

  /** Rules that were broken, though what was said could be read. */
  get remarks(): CountedWireRemark[] {
    return this.#remarks.list()
  }

  feed(direction: Direction, bytes: Uint8Array): void {
    this.#directions[direction].fedBytes += bytes.length
    if (this.#state === 'open') this.#dissector.feed(direction, bytes)
  }

  /** The connection ended: what is half read is unread. */
  end(): void {
    if (this.#state === 'open') this.#dissector.end()
    this.#state = 'ended'
  }

  /** Reads no further, in neither direction; what comes is counted. */
  abandon(reason: string): void {
    this.#state = 'ended'
    for (const direction of DIRECTIONS) {
      const account = this.#directions[direction]
      account.gap ??= { direction, offset: account.framedBytes, reason }
    }
  }

  /** Where a direction stops being explained; null where everything so far is. */
  gap(direction: Direction): Unexplained | null {
    return this.#directions[direction].gap
  }

  /** Bytes of a direction that are in no layer, and why. */
  unread(direction: Direction): UnreadBytes[] {
    const { fedBytes, framedBytes, gap, encryptedBytes, encryptedRecords } =
      this.#directions[direction]
    const pending =
      this.#state === 'open' ? 'what they begin was not over yet' : 'no rule explains them'
    const found: [number, string][] = [
      [
        encryptedBytes,
        `the content of ${encryptedRecords} encrypted records, whose keys are not known`,
      ],
      [fedBytes - framedBytes, `from byte ${framedBytes} on: ${gap?.reason ?? pending}`],
    ]
    return found
      .filter(([bytes]) => bytes > 0)
      .map(([bytes, reason]) => ({ direction, bytes, reason }))
  }

  /** The same in figures: those that are encrypted, and those in no frame. */
  unreadBytes(direction: Direction): { encrypted: number; records: number; unframed: number } {
    const { fedBytes, framedBytes, encryptedBytes, encryptedRecords } = this.#directions[direction]
    return {
      encrypted: encryptedBytes,
      records: encryptedRecords,
      unframed: fedBytes - framedBytes,
    }
  }

  #detected(detection: Detection, place: 'outside' | 'inside'): void {
    const protocol = detection.kind === 'known' ? detection.protocol : null
    const foreignName = detection.kind === 'foreign' ? detection.name : null
    const tls = place === 'inside' ? 'opened' : detection.kind === 'tls' ? 'closed' : 'none'
    this.#speech = { protocol, tls, foreignName }
  }

  #addFrame(frame: Frame): void {
    const account = this.#directions[frame.direction]
    account.framedBytes += frame.lengthBytes
    let hasPayload = false
    for (const part of frame.parts) {
      if (isEncrypted(part)) {
        account.encryptedBytes += part.lengthBytes
        account.encryptedRecords += 1
      } else {
        this.book.addBytes(frame, part.layer, part.lengthBytes)
        hasPayload ||= part.layer === 'payload'
      }
    }
    countUnit(account.units, frame)
    if (beginsMessage(frame, hasPayload)) account.messages += 1
    this.#onFrame(frame)
  }
}

const newAccount = (): DirectionAccount => ({
  fedBytes: 0,
  framedBytes: 0,
  encryptedBytes: 0,
  encryptedRecords: 0,
  messages: 0,
  gap: null,
  units: new Map(),
})

/** Where a frame does not say, one with a payload is a whole message. */
function beginsMessage({ phase, message }: Frame, hasPayload: boolean): boolean {
  if (phase !== 'steady' || message === 'continues') return false
  return message === 'begins' || hasPayload
}

function countUnit(units: Map<string, UnitCount>, { label, direction }: Frame): void {
  const unit = units.get(label)
  if (unit === undefined) units.set(label, { label, direction, count: 1 })
  else unit.count += 1
}
