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
export type SecretValue = z.output<typeof secretValue>

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The characters that are sent. */
export function revealed(value: SecretValue): string {
  if (typeof value === 'string') return value
  let text = ''
  // Any sequence will do that is always the same and repeats late (a generator of Lehmer's).
  for (let index = 0, state = 20; index < value.length; index += 1) {
    state = (state * 48_271) % 0x7fff_ffff
    text += BASE64URL[state % BASE64URL.length]
  }
  return text
}

/** What must not be shown: nobody is let in by what is made up. */
export const secretOf = (value: SecretValue | undefined): string[] =>
  typeof value === 'string' ? [value] : []
