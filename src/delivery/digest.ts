import { createHash } from 'node:crypto'

/** The first eight bytes of SHA-256: enough to tell payloads apart, small enough to keep one a message. */
export function digestPayload(payload: Uint8Array): bigint {
  return createHash('sha256').update(payload).digest().readBigUInt64BE(0)
}
