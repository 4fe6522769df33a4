import type { DeliveryCounts } from '../../delivery/match-arrivals.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { Target } from '../../targets/target.ts'

/**
 * Messages that a broker took and of which not one reached the subscriber: no
 * loss, but a broker that does not pass them on. Brokers that check access
 * rules at delivery say so to neither side (Mosquitto with an ACL file).
 * @returns the reason for which the cell fails, or null
 */
export function silenceAt(
  { reported }: Target,
  completed: number,
  { delivered, corrupted }: DeliveryCounts,
): Said | null {
  if (completed === 0 || delivered + corrupted > 0) return null
  return said('nonePassedOn', { url: reported.url, messages: completed })
}
