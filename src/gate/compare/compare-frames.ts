import type { FrameChange, PartChange } from '../../model/report/check/check.ts'
import type { Direction, Phase } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'
import {
  type FrameShape,
  formatFrameShape,
  parseFrameShape,
  shapeOf,
} from '../../model/wire/frame-shape.ts'
import { align } from './align.ts'

const MAX_TEXT_LENGTH = 80

/** A pair of the same size is likelier than one that only has the same name. */
const likeness = (a: FrameShape['parts'][number], b: FrameShape['parts'][number]): number =>
  a.label !== b.label ? 0 : a.lengthBytes === b.lengthBytes ? 3 : 2

const frameLikeness = (a: FrameShape, b: FrameShape): number => {
  if (a.label !== b.label) return 0
  return formatFrameShape(a) === formatFrameShape(b) ? 3 : 2
}

/**
 * The first frame of one phase and direction that differs from the stored ones,
 * with the parts that do; null where none does.
 * @param stored the frames as a baseline has them
 * @param frames those of the run, of this phase and direction
 */
export function findFrameChange(
  { phase, direction }: { phase: Phase; direction: Direction },
  stored: readonly string[],
  frames: readonly Frame[],
): FrameChange | null {
  const were = stored.flatMap((text) => parseFrameShape(text) ?? [])
  const are = frames.map((frame) => ({ ...shapeOf(frame), frame }))
  const steps = align(were, are, frameLikeness)
  const index = steps.findIndex(
    ({ was, is }) => was === null || is === null || formatFrameShape(was) !== formatFrameShape(is),
  )
  const step = steps[index]
  if (step === undefined) return null
  const { was, is } = step
  return {
    phase,
    direction,
    // Counted in the run; a frame that is gone, in the baseline.
    index: steps.slice(0, index).filter((each) => (is === null ? each.was : each.is) !== null)
      .length,
    label: (is ?? was)?.label ?? '',
    was: was?.lengthBytes ?? null,
    is: is?.lengthBytes ?? null,
    parts: compareParts(was, is),
  }
}

function compareParts(
  was: FrameShape | null,
  is: (FrameShape & { frame: Frame }) | null,
): PartChange[] {
  const parts = (is?.parts ?? []).map((part, index) => ({
    ...part,
    text: is?.frame.parts[index]?.text,
  }))
  return align(was?.parts ?? [], parts, likeness)
    .filter((pair) => pair.was?.lengthBytes !== pair.is?.lengthBytes)
    .map((pair) => ({
      label: pair.is?.label ?? pair.was?.label ?? '',
      was: pair.was?.lengthBytes ?? null,
      is: pair.is?.lengthBytes ?? null,
      ...(pair.is?.text === undefined ? {} : { text: shorten(pair.is.text) }),
    }))
}

function shorten(text: string): string {
  const characters = Array.from(text)
  if (characters.length <= MAX_TEXT_LENGTH) return text
  return `${characters.slice(0, MAX_TEXT_LENGTH - 1).join('')}…`
}
