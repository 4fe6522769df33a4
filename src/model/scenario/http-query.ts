/** Methods that a reading can be sent with. */
export const METHODS = ['POST', 'PUT', 'PATCH', 'GET'] as const
export type Method = (typeof METHODS)[number]

/** RFC 9112 §3 asks every server to accept a request line of 8,000 octets, and no more. */
export const MAX_PATH_BYTES = 8_000

/** What stands for the payload in a query. */
export const PAYLOAD_PLACE = '{payload}'

/** RFC 3986 §2.3 */
const UNRESERVED = /[A-Za-z0-9._~-]/

/** The bytes as a query carries them: every one that is not unreserved in three (RFC 3986 §2.1). */
export function percentEncode(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += UNRESERVED.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

/** The bytes that a query carries; null where a `%` is not followed by two hexadecimal digits. */
export function percentDecode(text: string): Buffer | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return Buffer.from(bytes, 'latin1')
}

/** The fields of a query, as they stand in it. */
export interface QueryFields {
  readonly query?: Readonly<Record<string, string>> | undefined
}

/** The name of the field that carries the payload, as it stands in the query; null where the content does. */
export function payloadFieldOf({ query = {} }: QueryFields): string | null {
  const [name] = Object.entries(query).find(([, value]) => value === PAYLOAD_PLACE) ?? []
  return name === undefined ? null : percentEncode(Buffer.from(name))
}

/**
 * The target of a request up to the payload and behind it.
 * @param target path, and query where it has one already
 * @returns `after` is null where the target has no place for the payload
 */
export function splitTarget(
  target: string,
  { query = {} }: QueryFields,
): { before: string; after: string | null } {
  let before = target
  let after: string | null = null
  for (const [name, value] of Object.entries(query)) {
    const whole = before + (after ?? '')
    const field = `${whole.includes('?') ? '&' : '?'}${percentEncode(Buffer.from(name))}=`
    if (value === PAYLOAD_PLACE) {
      before = whole + field
      after = ''
    } else if (after === null) before += field + percentEncode(Buffer.from(value))
    else after += field + percentEncode(Buffer.from(value))
  }
  return { before, after }
}
