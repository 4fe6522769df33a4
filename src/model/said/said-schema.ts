import * as z from 'zod'
import type { Said, Saying } from './said.ts'

// Apart from what says it: an error has a sentence, and help is to load no more than it needs.
const sayingSchema: z.ZodType<Saying> = z
  .strictObject({
    key: z.string(),
    get values() {
      return z.record(z.string(), z.union([z.number(), saidSchema, z.array(saidSchema)]))
    },
  })
  .describe('a sentence: which one, and of what; `report` says it in either language')

export const saidSchema: z.ZodType<Said> = z.union([z.string(), sayingSchema])
