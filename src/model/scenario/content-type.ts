import { encodedTypeOf } from './payload/encoded.ts'
import type { Scenario } from './scenario.ts'

/**
 * The media type of a scenario's payload, as HTTP names it: `payload.contentType`
 * where it is given, otherwise that of its encoding, or by the kind of payload. MQTT 3.1.1 has no place
 * for it, so it costs bytes on HTTP only.
 */
export function contentTypeOf({ payload }: Pick<Scenario, 'payload'>): string {
  if (payload.contentType !== undefined) return payload.contentType
  const encoded = encodedTypeOf(payload)
  if (encoded !== null) return encoded
  if (payload.text !== undefined) return 'text/plain'
  if (payload.json !== undefined || payload.records !== undefined) return 'application/json'
  return 'application/octet-stream'
}
