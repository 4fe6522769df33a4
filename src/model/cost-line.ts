import type { TransportCost } from './report/report.ts'

/**
 * What n messages cost, setting up and closing included: `first + (n − 1) × further`,
 * and where the server ends a connection every so many messages, or a device opens one for so many, a renewal
 * before the one after them.
 */
export type CostLine = TransportCost['bytes']

/** Cost of n messages, in the line's own unit. */
export function costOf({ first, further, renewal }: CostLine, messages: number): number {
  const steps = renewal === undefined ? 0 : Math.floor((messages - 1) / renewal.everyMessages)
  return first + (messages - 1) * further + steps * (renewal?.cost ?? 0)
}

/** Of a further message in the long run. */
export const meanFurtherOf = ({ further, renewal }: CostLine): number =>
  further + (renewal === undefined ? 0 : renewal.cost / renewal.everyMessages)
