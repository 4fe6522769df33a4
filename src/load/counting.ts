/** Counts how often something happened, by what it was. */
export function countOf<What>(counts: Map<What, number>, what: What): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
