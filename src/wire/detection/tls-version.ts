/** Where a ServerHello has its session id (RFC 8446 §4.1.3), behind the header of its record. */
const VERSION_AT = 9
const SESSION_ID_AT = 43
const SUPPORTED_VERSIONS = 43

/**
 * The version that a server chose, by what it said first: `1.2`, `1.3`.
 * @returns null where more bytes may tell, `other` where it is no ServerHello or of another version
 */
export function tlsVersionOf(first: Uint8Array): string | null {
  if (first.length > 0 && first[0] !== 0x16) return 'other'
  if (first.length > 5 && first[5] !== 2) return 'other'
  if (first.length <= SESSION_ID_AT) return null
  const word = (at: number): number => ((first[at] as number) << 8) | (first[at + 1] as number)
  const end = Math.min(5 + word(3), 9 + ((first[6] as number) << 16) + word(7))
  if (first.length < end) return null
  let at = SESSION_ID_AT + 1 + (first[SESSION_ID_AT] as number) + 3
  // Behind the length of all extensions: type, length and data of each.
  for (at += 2; at + 4 <= end; at += 4 + word(at + 2)) {
    if (word(at) === SUPPORTED_VERSIONS && at + 6 <= end) return nameOf(word(at + 4))
  }
  return nameOf(word(VERSION_AT))
}

const NAMES: Readonly<Record<number, string>> = { 771: '1.2', 772: '1.3' }
const nameOf = (code: number): string => NAMES[code] ?? 'other'
