import type { Direction, Layer } from '../../../model/vocabulary.ts'
import { type Reading, take } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import type { MeasureUnit, Units } from '../parsing/unit-search.ts'

const FRAME_NAMES = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
] as const
/** By their type, which is the place in the list. */
export type FrameName = (typeof FRAME_NAMES)[number]

export const ACK = 0x1
export const END_STREAM = 0x1
export const END_HEADERS = 0x4
export const PADDED = 0x8
export const PRIORITY = 0x20

const FLAGS: Readonly<Partial<Record<FrameName, Readonly<Record<number, string>>>>> = {
  DATA: { [END_STREAM]: 'END_STREAM', [PADDED]: 'PADDED' },
  HEADERS: {
    [END_STREAM]: 'END_STREAM',
    [END_HEADERS]: 'END_HEADERS',
    [PADDED]: 'PADDED',
    [PRIORITY]: 'PRIORITY',
  },
  SETTINGS: { [ACK]: 'ACK' },
  PUSH_PROMISE: { [END_HEADERS]: 'END_HEADERS', [PADDED]: 'PADDED' },
  PING: { [ACK]: 'ACK' },
  CONTINUATION: { [END_HEADERS]: 'END_HEADERS' },
}

/** Where each is defined. */
export const FRAME_CLAUSES: Readonly<Record<FrameName, string>> = {
  DATA: 'RFC 9113 §6.1',
  HEADERS: 'RFC 9113 §6.2',
  PRIORITY: 'RFC 9113 §6.3',
  RST_STREAM: 'RFC 9113 §6.4',
  SETTINGS: 'RFC 9113 §6.5',
  PUSH_PROMISE: 'RFC 9113 §6.6',
  PING: 'RFC 9113 §6.7',
  GOAWAY: 'RFC 9113 §6.8',
  WINDOW_UPDATE: 'RFC 9113 §6.9',
  CONTINUATION: 'RFC 9113 §6.10',
}

/** The first nine bytes of a frame (RFC 9113 §4.1). */
export interface FrameHeader {
  /** Of what follows the header. */
  readonly lengthBytes: number
  readonly type: number
  /** Null where the type is of an extension (RFC 9113 §5.5). */
  readonly name: FrameName | null
  readonly flags: number
  readonly streamId: number
}

const HEADER_BYTES = 9
/** Where a frame is looked for, larger ones and those of extensions are not taken for one. */
const MAX_FRAME_BYTES = 16_384
/** SETTINGS, PING and GOAWAY are of the connection; WINDOW_UPDATE may be. */
const ON_CONNECTION: ReadonlySet<number> = new Set([4, 6, 7])
const WINDOW_UPDATE = 8
/** Of the flags that each type defines (RFC 9113 §6), by type. */
const KNOWN_FLAGS = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04] as const
const LEAST_BYTES: Readonly<Record<number, number>> = { 1: 1, 5: 4, 7: 8 }
const FIXED_BYTES: Readonly<Record<number, number>> = { 2: 5, 3: 4, 6: 8, 8: 4 }

const measureFrame: MeasureUnit = (bytes, at) => {
  const [a = 0, b = 0, c = 0, type = 0, flags = 0, ...id] = bytes.subarray(at, at + HEADER_BYTES)
  const lengthBytes = (a << 16) | (b << 8) | c
  const known = KNOWN_FLAGS[type]
  if (lengthBytes > MAX_FRAME_BYTES || known === undefined || flags & ~known) return null
  if (at + HEADER_BYTES > bytes.length) return 'more'
  if ((FIXED_BYTES[type] ?? lengthBytes) !== lengthBytes) return null
  if (type === 4 && (lengthBytes % 6 !== 0 || (flags & ACK && lengthBytes > 0))) return null
  // Much of a header is zeros: what they would say by themselves, nobody says.
  if (lengthBytes < (LEAST_BYTES[type] ?? 0) || (type === 0 && flags === 0 && lengthBytes === 0)) {
    return null
  }
  const [high = 0, , , low = 0] = id
  const isOnConnection = id.every((octet) => octet === 0)
  if (type !== WINDOW_UPDATE && isOnConnection !== ON_CONNECTION.has(type)) return null
  // Those of a server, which are even, are of pushed responses: rare, and looked for nowhere.
  if (!isOnConnection && (high > 0x7f || low % 2 === 0)) return null
  return HEADER_BYTES + lengthBytes
}

/** What tells frames from other bytes. */
export const FRAME_UNITS: Units = { measure: measureFrame, chain: 3, last: 1 }

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

export function* takeFrameHeader(): Reading<FrameHeader> {
  const view = viewOf(yield take(HEADER_BYTES))
  const type = view.getUint8(3)
  return {
    lengthBytes: view.getUint16(0) * 256 + view.getUint8(2),
    type,
    name: FRAME_NAMES[type] ?? null,
    flags: view.getUint8(4),
    // The highest bit is reserved, and ignored.
    streamId: view.getUint32(5) & 0x7fff_ffff,
  }
}

/** A header is of the layer of what it carries. */
export function layerOf({ name }: FrameHeader, direction: Direction): Layer {
  const carriesMessage = name === 'DATA' || name === 'HEADERS' || name === 'CONTINUATION'
  if (!carriesMessage) return 'control'
  return direction === 'up' ? 'framing' : 'acknowledgement'
}

export function noteFrameHeader(stream: FrameStream, header: FrameHeader, layer: Layer): void {
  const clause = 'RFC 9113 §4.1'
  const { lengthBytes, type, name, flags, streamId } = header
  stream.part(layer, 'Length', 3, { text: String(lengthBytes), clause })
  stream.part(layer, 'Type', 1, { text: name ?? hexadecimal(type), clause })
  stream.part(layer, 'Flags', 1, { text: describeFlags(name, flags), clause })
  stream.part(layer, 'Stream Identifier', 4, { text: String(streamId), clause })
}

/** Flags without a meaning for the type are ignored (RFC 9113 §4.1), and so left out. */
function describeFlags(name: FrameName | null, flags: number): string {
  if (name === null) return hexadecimal(flags)
  const set = Object.entries(FLAGS[name] ?? {}).filter(([bit]) => flags & Number(bit))
  return set.map(([, flag]) => flag).join(', ') || 'none'
}

export const hexadecimal = (value: number): string => `0x${value.toString(16)}`
