import type * as z from 'zod'
import type { secretValue } from './secret-value-schema.ts'

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
