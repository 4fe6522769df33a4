import * as z from 'zod'
import { wholeNumber } from '../whole-number.ts'

/** Of one message; a quarter of what MQTT's Remaining Length can say. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
/** As many scenarios as there are sizes; more of them is a mistake. */
const MAX_ENTRIES = 24

export const payloadSize = wholeNumber(0, MAX_PAYLOAD_BYTES, 100)

/** As a file writes it: one size, or a list for one scenario each. */
export const payloadSizes = z.union(
  [
    payloadSize,
    z
      .array(payloadSize)
      .min(1)
      .max(MAX_ENTRIES)
      .superRefine((sizes, context) => {
        const twice = sizes.find((size, index) => sizes.indexOf(size) !== index)
        if (twice === undefined) return
        context.addIssue({ code: 'custom', message: `names ${twice} twice; name it once` })
      })
      .meta({ uniqueItems: true }),
  ],
  { error: 'must be a number of bytes, such as 100, or a list of them, such as [1, 10, 100]' },
)
