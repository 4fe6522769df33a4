import type { z } from 'zod'

/** Says what is wrong at a key of what a schema looks at; without a key, with the whole of it. */
export const refuse = (context: z.RefinementCtx, path: PropertyKey[], message: string): void =>
  context.addIssue({ code: 'custom', path, message })
