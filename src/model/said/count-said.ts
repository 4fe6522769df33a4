import type { Said } from './said.ts'

/** Counts how often something was said; two sentences of the same values are one. */
export function countSaid(counts: Map<Said, number>, what: Said, times = 1): void {
  const text = JSON.stringify(what)
  const known = [...counts.keys()].find((each) => JSON.stringify(each) === text) ?? what
  counts.set(known, (counts.get(known) ?? 0) + times)
}
