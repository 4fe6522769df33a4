import { distance } from 'fastest-levenshtein'
import { catalogue, listNames } from './language.ts'

const say = catalogue({
  en: {
    didYouMean: (names: readonly string[]) => `did you mean ${names.join(' or ')}?`,
    known: (names: string) => `known: ${names}`,
  },
  'zh-TW': {
    didYouMean: (names) => `您是指 ${names.join(' 或 ')}？`,
    known: (names) => `已知：${names}`,
  },
})

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
  // Who left a letter out meant the word that has it: mqts-qos1 is mqtts-qos1.
  const whole = nearest.filter((candidate) => hasAllOf(candidate, word))
  return whole.length > 0 ? whole : nearest
}

/** Whether every letter of a word stands in the other, in their order. */
function hasAllOf(candidate: string, word: string): boolean {
  let at = 0
  for (const letter of candidate.toLowerCase()) if (letter === word[at]?.toLowerCase()) at += 1
  return at === word.length
}

/** `did you mean json?`, or null where nothing is near. */
export function suggestNearest(word: string, known: Iterable<string>): string | null {
  const nearest = findNearest(word, known)
  return nearest.length === 0 ? null : say.didYouMean(nearest)
}

/** `did you mean json?`, or what there is. */
export function suggestOneOf(word: string, known: readonly string[]): string {
  return suggestNearest(word, known) ?? say.known(listNames(known))
}
