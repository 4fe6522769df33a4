import { MalformedBytes } from '../parsing/byte-parser.ts'
import { optionOf } from './coap-options.ts'

/** By the two bits of the header (RFC 7252 §3): Confirmable, Non-confirmable, Acknowledgement, Reset. */
const MESSAGE_TYPES = ['CON', 'NON', 'ACK', 'RST'] as const
type MessageType = (typeof MESSAGE_TYPES)[number]

export interface CoapOption {
  readonly number: number
  /** Bytes of the extended option delta: 0, 1 or 2 (§3.1). */
  readonly deltaExtendedBytes: number
  readonly lengthExtendedBytes: number
  readonly value: Uint8Array
}

/** A message as RFC 7252 §3 lays it out. */
export interface CoapMessage {
  readonly type: MessageType
  /** Of the code: 0 a request or empty, 2 success, 4 the client's error, 5 the server's. */
  readonly codeClass: number
  readonly codeDetail: number
  readonly messageId: number
  readonly token: Uint8Array
  readonly options: readonly CoapOption[]
  /** Null where there is no payload marker. */
  readonly payload: Uint8Array | null
}

const HEADER_BYTES = 4
const MAX_TOKEN_BYTES = 8
const MAX_OPTION_NUMBER = 65_535
const PAYLOAD_MARKER = 0xff

/**
 * Reads one datagram.
 * @throws MalformedBytes naming the clause that it breaks
 */
export function parseCoap(datagram: Uint8Array): CoapMessage {
  const [first = 0, code = 0, high = 0, low = 0] = datagram
  if (datagram.length < HEADER_BYTES) {
    throw new MalformedBytes(
      `a datagram of ${datagram.length} bytes is shorter than the header of 4 (RFC 7252 §3)`,
    )
  }
  if (first >> 6 !== 1) {
    throw new MalformedBytes(`the version is ${first >> 6}, not 1 (RFC 7252 §3)`)
  }
  const tokenBytes = first & 0x0f
  const header = {
    type: MESSAGE_TYPES[(first >> 4) & 3] as MessageType,
    codeClass: code >> 5,
    codeDetail: code & 0x1f,
    messageId: high * 256 + low,
  }
  requireCode(header)
  if (tokenBytes > MAX_TOKEN_BYTES) {
    throw new MalformedBytes(`a token length of ${tokenBytes} is reserved (RFC 7252 §3)`)
  }
  if (code === 0 && (tokenBytes > 0 || datagram.length > HEADER_BYTES)) {
    throw new MalformedBytes(
      `an empty message is ${datagram.length} bytes long, not 4 (RFC 7252 §4.1)`,
    )
  }
  const at = HEADER_BYTES + tokenBytes
  if (at > datagram.length) {
    throw new MalformedBytes(
      `the datagram ends inside a token of ${tokenBytes} bytes (RFC 7252 §3)`,
    )
  }
  const token = datagram.subarray(HEADER_BYTES, at)
  return { ...header, token, ...readOptions(datagram, at) }
}

/** Which codes go with which type: RFC 7252 §4.2, §4.3 and table 1. */
function requireCode(header: Code & Pick<CoapMessage, 'type'>): void {
  const { type, codeClass } = header
  const code = codeOf(header)
  if (codeClass === 1 || codeClass === 3 || codeClass > 5) {
    throw new MalformedBytes(`the class of code ${code} is reserved (RFC 7252 §3)`)
  }
  if (type === 'RST' && !isEmpty(header)) {
    throw new MalformedBytes(`a Reset carries the code ${code}, but must be empty (RFC 7252 §4.2)`)
  }
  if (type === 'ACK' && isRequest(header)) {
    throw new MalformedBytes(`an Acknowledgement carries the request ${code} (RFC 7252 §4.2)`)
  }
  if (type === 'NON' && isEmpty(header)) {
    throw new MalformedBytes('a Non-confirmable message is empty (RFC 7252 §4.3)')
  }
}

/** Options up to the payload marker or the end (RFC 7252 §3.1), and the payload. */
function readOptions(
  datagram: Uint8Array,
  start: number,
): Pick<CoapMessage, 'options' | 'payload'> {
  const options: CoapOption[] = []
  let at = start
  let number = 0
  while (at < datagram.length) {
    const byte = datagram[at] ?? 0
    at += 1
    if (byte === PAYLOAD_MARKER) {
      if (at === datagram.length) {
        throw new MalformedBytes('nothing follows the payload marker (RFC 7252 §3)')
      }
      return { options, payload: datagram.subarray(at) }
    }
    const delta = readExtended(datagram, at, byte >> 4, 'delta')
    at += delta.extendedBytes
    number += delta.value
    if (number > MAX_OPTION_NUMBER) {
      throw new MalformedBytes(`${number} is no option number (RFC 7252 §12.2)`)
    }
    const length = readExtended(datagram, at, byte & 0x0f, 'length')
    at += length.extendedBytes
    if (at + length.value > datagram.length) {
      throw new MalformedBytes(
        `the datagram ends inside ${optionOf(number).name}, of ${length.value} bytes (RFC 7252 §3.1)`,
      )
    }
    options.push({
      number,
      deltaExtendedBytes: delta.extendedBytes,
      lengthExtendedBytes: length.extendedBytes,
      value: datagram.subarray(at, at + length.value),
    })
    at += length.value
  }
  return { options, payload: null }
}

/** Four bits, or where they say 13 or 14, one or two bytes after them. */
function readExtended(
  datagram: Uint8Array,
  at: number,
  nibble: number,
  what: string,
): { value: number; extendedBytes: number } {
  if (nibble < 13) return { value: nibble, extendedBytes: 0 }
  if (nibble === 15) {
    throw new MalformedBytes(`an option ${what} of 15 is reserved (RFC 7252 §3.1)`)
  }
  const extendedBytes = nibble - 12
  if (at + extendedBytes > datagram.length) {
    throw new MalformedBytes(`the datagram ends inside an extended option ${what} (RFC 7252 §3.1)`)
  }
  const [high = 0, low = 0] = datagram.subarray(at, at + extendedBytes)
  return { value: extendedBytes === 1 ? high + 13 : high * 256 + low + 269, extendedBytes }
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH'] as const
export type Method = (typeof METHODS)[number]

/** RFC 7252 §12.1.1 and RFC 8132; null for a method that is not assigned. */
export const methodOf = ({ codeDetail }: CoapMessage): Method | null =>
  METHODS[codeDetail - 1] ?? null

type Code = Pick<CoapMessage, 'codeClass' | 'codeDetail'>

export const isEmpty = ({ codeClass, codeDetail }: Code): boolean =>
  codeClass === 0 && codeDetail === 0

export const isRequest = (code: Code): boolean => code.codeClass === 0 && !isEmpty(code)

/** As RFC 7252 §3 writes it: `2.04`. */
export const codeOf = ({ codeClass, codeDetail }: Code): string =>
  `${codeClass}.${String(codeDetail).padStart(2, '0')}`

/** RFC 7252 §5.9, RFC 7959 §2.9, RFC 7641 and RFC 8132: names of response codes. */
const RESPONSES: Readonly<Record<string, string>> = {
  '2.01': 'Created',
  '2.02': 'Deleted',
  '2.03': 'Valid',
  '2.04': 'Changed',
  '2.05': 'Content',
  '2.31': 'Continue',
  '4.00': 'Bad Request',
  '4.01': 'Unauthorized',
  '4.02': 'Bad Option',
  '4.03': 'Forbidden',
  '4.04': 'Not Found',
  '4.05': 'Method Not Allowed',
  '4.06': 'Not Acceptable',
  '4.08': 'Request Entity Incomplete',
  '4.12': 'Precondition Failed',
  '4.13': 'Request Entity Too Large',
  '4.15': 'Unsupported Content-Format',
  '5.00': 'Internal Server Error',
  '5.01': 'Not Implemented',
  '5.02': 'Bad Gateway',
  '5.03': 'Service Unavailable',
  '5.04': 'Gateway Timeout',
}

/** `0.02 POST`, `2.04 Changed`, `0.00 empty`. */
export function describeCode(message: CoapMessage): string {
  const code = codeOf(message)
  const name = isEmpty(message) ? 'empty' : isRequest(message) ? methodOf(message) : RESPONSES[code]
  return name == null ? code : `${code} ${name}`
}

/** The value of the first option of that number; null where there is none. */
export const findOption = ({ options }: CoapMessage, number: number): Uint8Array | null =>
  options.find((option) => option.number === number)?.value ?? null
