import type { UnitCount } from '../../model/report/tap/captured.ts'
import type { Direction } from '../../model/vocabulary.ts'
import { type Frame, frameEnd, type Unexplained } from '../../model/wire/frame.ts'
import type { WirePhrase } from '../../model/wire/phrases/wire-phrase.ts'

/** So many reasons are told apart. */
const MAX_REASONS = 20
const OTHER_REASONS: WirePhrase = 'other reasons'

/** Bytes of a direction that are in no frame, for one reason. */
export interface Loss {
  bytes: number
  reason: WirePhrase
  /** Where they begin; null where they are in more than one place. */
  from: number | null
  places: number
}

/** What of one direction is in frames, and why the rest is not. No frame is kept. */
export class DirectionAccount {
  readonly #direction: Direction
  readonly #units = new Map<string, UnitCount>()
  /** Between frames, by reason. */
  readonly #holes = new Map<WirePhrase, Loss>()
  /** Bytes that nobody has, behind the last frame, by where they stood. */
  #missing: { at: number; lengthBytes: number }[] = []
  #fedBytes = 0
  #framedBytes = 0
  #missingBytes = 0
  /** Where the last frame ended. */
  #framedEnd = 0
  /** Where it stops being explained, until a frame follows. */
  #gap: Unexplained | null = null
  #firstGap: Unexplained | null = null
  readonly encrypted = { bytes: 0, records: 0 }
  messages = 0

  constructor(direction: Direction) {
    this.#direction = direction
  }

  /** The first place that could not be explained; null where there was none. */
  get firstGap(): Unexplained | null {
    return this.#firstGap
  }

  get units(): UnitCount[] {
    return [...this.#units.values()]
  }

  feed(lengthBytes: number): void {
    this.#fedBytes += lengthBytes
  }

  miss(lengthBytes: number): void {
    this.#missing.push({ at: this.#fedBytes + this.#missingBytes, lengthBytes })
    this.#missingBytes += lengthBytes
  }

  /** Nothing is explained from there on, unless a frame follows. */
  stop({ offset, ...where }: Unexplained): void {
    const gap = { ...where, offset: Math.max(offset, this.#framedEnd) }
    this.#gap ??= gap
    this.#firstGap ??= gap
  }

  /** Nothing more is read, whatever comes. */
  abandon(reason: WirePhrase): void {
    this.stop({ direction: this.#direction, offset: this.#framedEnd, reason })
  }

  add(frame: Frame): void {
    this.#framedBytes += frame.lengthBytes
    if (this.#gap !== null) this.#closeHole(this.#gap, frame.offset)
    this.#framedEnd = frameEnd(frame)
    if (this.#missing.length > 0) {
      this.#missing = this.#missing.filter(({ at }) => at >= this.#framedEnd)
    }
    const unit = this.#units.get(frame.label)
    if (unit !== undefined) unit.count += 1
    else {
      const { label, direction } = frame
      this.#units.set(label, { label, direction, count: 1 })
    }
  }

  /** @param pending why what is half read is in no frame */
  losses(pending: WirePhrase): Loss[] {
    const all: Loss[] = [
      ...this.#holes.values(),
      {
        bytes: this.#fedBytes - this.#framedBytes - this.#holeBytes,
        reason: this.#gap?.reason ?? pending,
        ...{ from: this.#framedEnd, places: 1 },
      },
    ]
    return all.filter((loss) => loss.bytes > 0)
  }

  get #holeBytes(): number {
    let sum = 0
    for (const { bytes } of this.#holes.values()) sum += bytes
    return sum
  }

  /** Reading goes on at the offset: what is between it and the last frame stays unread. */
  #closeHole(gap: Unexplained, offset: number): void {
    this.#gap = null
    const missing = this.#missing.filter(({ at }) => at < offset)
    const missingBytes = missing.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
    const bytes = offset - this.#framedEnd - missingBytes
    if (bytes === 0) return
    const isKnown = this.#holes.has(gap.reason) || this.#holes.size < MAX_REASONS
    const reason = isKnown ? gap.reason : OTHER_REASONS
    const known = this.#holes.get(reason)
    const [from, places] = known === undefined ? [this.#framedEnd, 1] : [null, known.places + 1]
    this.#holes.set(reason, { bytes: bytes + (known?.bytes ?? 0), reason, from, places })
  }
}
