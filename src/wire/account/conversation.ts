import type { Direction, Phase } from '../../model/vocabulary.ts'

/**
 * What a frame is to the model of segments. One object for all frames that are
 * alike: a thousand messages are a few kinds of frames.
 */
export interface Sketch {
  /** Of its kind, counted from 0. */
  readonly number: number
  readonly phase: Phase
  readonly direction: Direction
  readonly lengthBytes: number
  readonly writes: readonly number[]
  readonly beginsMessage: boolean
  /** A request without a payload: the message comes with its answer. */
  readonly asks: boolean
  readonly isOfTls: boolean
  /** What the far side's TLS says unasked: it crosses what the device says by then, as it happens. */
  readonly crosses: 'session ticket' | 'goodbye' | null
  /** An answer that says that the server closes after it. */
  readonly isLast: boolean
}

/** Frames that follow each other, so often in a row. */
export interface Run {
  readonly frames: readonly Sketch[]
  readonly times: number
}

/**
 * What is said on one connection, in order. Of messages that are alike one is
 * kept, with how often it came in a row: memory must not grow with their number.
 */
export class Conversation {
  readonly #rounds: (readonly Sketch[])[] = []
  readonly #times: number[] = []
  readonly #known: Map<string, readonly Sketch[]>
  /** What came since the latest message began, and that message. */
  #latest: Sketch[] = []
  #leading: Direction | null = null

  /** @param known rounds that were said already, on any connection: each is kept once */
  constructor(known: Map<string, readonly Sketch[]>) {
    this.#known = known
  }

  add(frame: Sketch): void {
    if (frame.beginsMessage) this.#leading ??= frame.direction
    if (beginsExchange(frame, this.#latest.at(-1), this.#leading)) this.#endRound()
    this.#latest.push(frame)
  }

  /** In order: rounds of messages as they are, and each frame besides for itself. */
  runs(): Run[] {
    const said = this.#rounds.map((frames, place) => ({ frames, times: this.#times[place] ?? 1 }))
    return [...said, { frames: this.#latest, times: 1 }].flatMap((run) =>
      run.frames.every(isPlain) ? run : run.frames.map((frame) => ({ frames: [frame], times: 1 })),
    )
  }

  #endRound(): void {
    const latest = this.#latest
    const place = this.#rounds.length - 1
    if (isSaidAgain(latest, this.#rounds[place])) {
      this.#times[place] = (this.#times[place] ?? 0) + 1
    } else if (latest.length > 0) {
      const key = latest.map(({ number }) => number).join(' ')
      const round = this.#known.get(key) ?? [...latest]
      this.#known.set(key, round)
      this.#rounds.push(round)
      this.#times.push(1)
    }
    latest.length = 0
  }
}

/** Without a closure: it is asked of every message. */
function isSaidAgain(latest: readonly Sketch[], last: readonly Sketch[] | undefined): boolean {
  if (last?.length !== latest.length) return false
  for (let place = 0; place < latest.length; place += 1) {
    const frame = latest[place] as Sketch
    if (frame !== last[place] || !isPlain(frame)) return false
  }
  return true
}

/** Nothing about it depends on where it stands. */
const isPlain = ({ phase, crosses, isLast }: Sketch): boolean =>
  phase === 'steady' && crosses === null && !isLast

/**
 * Whether a frame begins something that goes in its own time.
 * @param leading the direction of the first message
 */
export const beginsExchange = (
  frame: Sketch,
  before: Sketch | null | undefined,
  leading: Direction | null | undefined,
): boolean => {
  const begins = frame.asks || (frame.beginsMessage && frame.direction === leading)
  return begins && !(before?.asks ?? false)
}
