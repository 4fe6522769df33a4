import * as z from 'zod'
import { namedOnce } from '../text/named-once.ts'
import { refuse } from '../text/refuse.ts'
import type { Flow } from '../vocabulary.ts'
import { wholeNumber } from './whole-number.ts'
import { sayWrong } from './words.ts'

/** Each is a connection of its own, of which the load and the endpoint hold an end each. */
const MAX_SUBSCRIBERS = 1_000
/** As many scenarios as there are numbers; more of them is a mistake. */
const MAX_ENTRIES = 8

/** How many receive each message of one `fanout`. */
export const subscriberCount = wholeNumber(1, MAX_SUBSCRIBERS, 10)

/** As a file writes it: one number, or a list for one scenario each. */
export const subscriberCounts = z.union(
  [
    subscriberCount,
    z
      .array(subscriberCount)
      .min(1)
      .max(MAX_ENTRIES)
      .superRefine(namedOnce())
      .meta({ uniqueItems: true }),
  ],
  { error: () => sayWrong.counts },
)

/** In every other flow one side talks to one other, and the key would mean nothing. */
export function refuseSubscribersElsewhere(
  { flow, subscribers }: { flow: Flow; subscribers?: unknown },
  context: z.RefinementCtx,
): void {
  if (flow === 'fanout' || subscribers === undefined) return
  refuse(context, ['subscribers'], sayWrong.noFanout(flow))
}
