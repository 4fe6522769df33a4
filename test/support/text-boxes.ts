/** A line of text in a page, and where it stands. */
export interface TextBox {
  /** All of it in the first line. */
  readonly text: string
  /** Which of its text, from 0. */
  readonly line: number
  readonly inPicture: boolean
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Pairs of texts that lie on each other by more than a rounding. */
export function overlaps(boxes: readonly TextBox[]): string[] {
  const MARGIN = 1
  const found: string[] = []
  const byTop = boxes.toSorted((a, b) => a.top - b.top)
  byTop.forEach((box, index) => {
    for (const other of byTop.slice(index + 1)) {
      if (other.top >= box.bottom - MARGIN) break
      if (other.left < box.right - MARGIN && other.right > box.left + MARGIN) {
        // Line boxes are higher than letters: only their middle halves may not meet.
        const quarter = (each: TextBox): number => (each.bottom - each.top) / 4
        if (other.top + quarter(other) < box.bottom - quarter(box)) {
          found.push(`${box.text} | ${other.text}`)
        }
      }
    }
  })
  return found
}
