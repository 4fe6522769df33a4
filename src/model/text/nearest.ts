import { distance } from 'fastest-levenshtein'

/** The known words nearest to what was written, equally near; empty where none is near enough to be meant. */
export function findNearest(word: string, known: Iterable<string>): string[] {
  let nearest: string[] = []
  // A third of the word may be wrong; beyond that a guess misleads more than it helps.
  let bestDistance = Math.max(2, Math.floor(word.length / 3))
  for (const candidate of new Set(known)) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase())
    // Replacing every letter is no likeness: `x` is not meant to be `t`.
    if (edits > bestDistance || edits >= Math.max(word.length, candidate.length)) continue
    if (edits < bestDistance) nearest = []
    nearest.push(candidate)
    bestDistance = edits
  }
  return nearest
}

/** The one known word nearest to what was written, or null where none is near enough. */
export function nearestName(word: string, known: Iterable<string>): string | null {
  return findNearest(word, known)[0] ?? null
}

/** `did you mean json?`, or null where nothing is near. */
export function suggestNearest(word: string, known: Iterable<string>): string | null {
  const nearest = findNearest(word, known)
  return nearest.length === 0 ? null : `did you mean ${nearest.join(' or ')}?`
}

/** `did you mean json?`, or what there is. */
export function suggestOneOf(word: string, known: readonly string[]): string {
  return suggestNearest(word, known) ?? `known: ${known.join(', ')}`
}
