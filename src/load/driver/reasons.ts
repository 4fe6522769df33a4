/** Counts how often something happened, by what happened, in words. */
export function countReason(counts: Map<string, number>, reason: string, times = 1): void {
  counts.set(reason, (counts.get(reason) ?? 0) + times)
}
