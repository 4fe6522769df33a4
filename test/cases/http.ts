import type { Case } from './case.ts'

/** HTTP/1 as a recipient may read it. */
export const HTTP_CASES: readonly Case[] = []
