import * as z from 'zod'
import { namedOnce } from '../../text/named-once.ts'
import { wholeNumber } from '../whole-number.ts'
import { sayWrong } from '../words.ts'
import { MAX_PAYLOAD_BYTES } from './encoded.ts'

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
      .superRefine(namedOnce())
      .meta({ uniqueItems: true }),
  ],
  { error: () => sayWrong.sizes },
)
