import type { FramePart } from '../../../model/wire/frame.ts'

/** So many parts of a frame are told apart: its size must not depend on what a sender makes up. */
export const MAX_PARTS_NOTED = 10_000

/** The same bytes by layer in a bounded number of parts: those beyond are one a layer, at the end. */
export function joinBeyond(parts: FramePart[]): FramePart[] {
  if (parts.length <= MAX_PARTS_NOTED) return parts
  const kept = parts.slice(0, MAX_PARTS_NOTED)
  appendBounded(kept, parts.slice(MAX_PARTS_NOTED), MAX_PARTS_NOTED)
  return kept
}

/** Adds parts to a list that does not grow beyond its bound, but for one part a layer. */
export function appendBounded(list: FramePart[], parts: readonly FramePart[], most: number): void {
  for (const part of parts) {
    if (list.length < most) list.push(part)
    else addFurther(list, part, most)
  }
}

const FURTHER = 'further fields'

function addFurther(
  list: FramePart[],
  { layer, lengthBytes, disclosure }: FramePart,
  most: number,
) {
  let place = most
  while (place < list.length && list[place]?.layer !== layer) place += 1
  const known = list[place]
  const joined: FramePart = {
    ...{ layer, label: FURTHER, lengthBytes: lengthBytes + (known?.lengthBytes ?? 0) },
    ...((disclosure ?? known?.disclosure) && { disclosure: 'withheld' }),
  }
  if (known === undefined) list.push(joined)
  else list[place] = joined
}
