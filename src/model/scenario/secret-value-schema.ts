import * as z from 'zod'
import { wholeNumber } from './whole-number.ts'
import { sayWrong } from './words.ts'

/** Of a token or password that is made up; heads have room for as many. */
const MOST_CHARACTERS = 4_096

/** A value that lets a device in: as it is, or made up, of so many characters. */
export const secretValue = z.union(
  [
    z
      .string()
      .regex(/^[\x21-\x7e]+$/, { error: () => sayWrong.asciiToken })
      .describe('as it is, and withheld from reports'),
    z
      .strictObject({ length: wholeNumber(1, MOST_CHARACTERS, 300).describe('characters') })
      .describe('made up, the same in every run'),
  ],
  { error: () => sayWrong.noToken },
)
