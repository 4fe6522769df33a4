import type { Direction, Phase } from '../../model/vocabulary.ts'
import { type Frame, frameEnd } from '../../model/wire/frame.ts'

/** What is sent again is not from further back; a capture may have millions of frames. */
const MAX_RUNS = 2048

/** Which phase each byte of a stream belongs to, kept as runs; the oldest are forgotten. */
export class PhaseRuns {
  readonly #runs: Record<Direction, { until: number; phase: Phase }[]> = { up: [], down: [] }

  /** Frames come in the order of their stream. */
  add(frame: Frame): void {
    const { direction, phase } = frame
    const runs = this.#runs[direction]
    const last = runs.at(-1)
    const until = frameEnd(frame)
    if (last?.phase === phase) last.until = until
    else runs.push({ until, phase })
    if (runs.length > MAX_RUNS) runs.splice(0, MAX_RUNS / 2)
  }

  /** Of a byte that is in no frame, `steady`. */
  at(direction: Direction, offset: number): Phase {
    const runs = this.#runs[direction]
    let [low, high] = [0, runs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((runs[middle]?.until ?? 0) > offset) high = middle
      else low = middle + 1
    }
    return runs[low]?.phase ?? 'steady'
  }
}
