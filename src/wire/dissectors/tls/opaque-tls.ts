import { DIRECTIONS, type Direction, type Phase } from '../../../model/vocabulary.ts'
import type { DissectorFactory, Frame, FramePart } from '../../../model/wire/frame.ts'
import { awaitByte, MalformedBytes, type Reading, skip, take } from '../parsing/byte-parser.ts'
import { FrameStream } from '../parsing/frame-stream.ts'
import type { MeasureUnit, Units } from '../parsing/unit-search.ts'
import type { TlsRecord } from './tls-records.ts'

const CLAUSE = 'RFC 8446 §5.1'
const HEADER_BYTES = 5
/** 2^14 bytes, and what TLS 1.2 may add (RFC 5246 §6.2.3); 1.3 adds less. */
const MAX_RECORD_BYTES = 2 ** 14 + 2048

const APPLICATION_DATA = 23

/** By content type; of which phase it is where it cannot be opened. */
const RECORDS: ReadonlyMap<number, { label: string; phase: Phase }> = new Map([
  [20, { label: 'change_cipher_spec', phase: 'setup' }],
  [21, { label: 'alert', phase: 'close' }],
  [22, { label: 'handshake', phase: 'setup' }],
  [APPLICATION_DATA, { label: 'application data', phase: 'steady' }],
])

export const ENCRYPTED = 'encrypted content'

/**
 * What cannot be seen into: its layer says `security`, but it may hold payload as
 * well as anything else, and whoever adds up must tell it apart.
 */
export const isEncrypted = ({ label }: FramePart): boolean => label === ENCRYPTED

/**
 * TLS whose keys are not known, accounted for by record: each is a frame of its
 * header and its content. In TLS 1.3 (RFC 8446 §5.2) even most of the handshake
 * looks like application data.
 */
export const dissectOpaqueTls: DissectorFactory = (sink, start = 'fresh') => {
  const open = (direction: Direction): FrameStream =>
    new FrameStream(direction, 'a record', sink, readRecords, { units: RECORD_UNITS, start })
  const streams = { up: open('up'), down: open('down') }
  return {
    feed: (direction, bytes) => streams[direction].feed(bytes),
    missing: (direction, lengthBytes) => streams[direction].missing(lengthBytes),
    end: () => {
      for (const direction of DIRECTIONS) streams[direction].end()
    },
  }
}

/** A record that cannot be opened, as a frame. */
export function closedRecord(record: Omit<TlsRecord, 'kind' | 'header'>): Frame {
  const { direction, offset, contentType, fragment } = record
  const { label, phase } = RECORDS.get(contentType) ?? {
    label: 'unknown',
    phase: 'steady' as const,
  }
  const security = { layer: 'security', clause: CLAUSE } as const
  const content = contentType === APPLICATION_DATA ? ENCRYPTED : label
  const parts: FramePart[] = [
    { ...security, label: 'record header', lengthBytes: HEADER_BYTES },
    { ...security, label: content, lengthBytes: fragment.length },
  ]
  const lengthBytes = HEADER_BYTES + fragment.length
  return { direction, phase, label: `${label} record`, clause: CLAUSE, offset, lengthBytes, parts }
}

const measureRecord: MeasureUnit = (bytes, at) => {
  const header = bytes.subarray(at, at + HEADER_BYTES)
  const found = readHeader(header)
  if (found === null) return null
  return header.length < HEADER_BYTES ? 'more' : HEADER_BYTES + found.lengthBytes
}

const RECORD_UNITS: Units = { measure: measureRecord, chain: 3, last: 1 }

/** As far as it is there; null where it is no record. Of no content, only application data may be (RFC 8446 §5.1). */
function readHeader(header: Uint8Array) {
  const [type = APPLICATION_DATA, major = 3, minor = 3, high = 0, low = 1] = header
  const record = RECORDS.get(type)
  const lengthBytes = high * 256 + low
  const isSized = lengthBytes <= MAX_RECORD_BYTES && (lengthBytes > 0 || type === APPLICATION_DATA)
  if (record === undefined || major !== 3 || minor > 4 || !isSized) return null
  return { ...record, type, lengthBytes }
}

function* readRecords(stream: FrameStream): Reading<void> {
  while (true) {
    yield awaitByte()
    const record = readHeader(yield take(HEADER_BYTES))
    if (record === null) throw new MalformedBytes(`this is no record of TLS (${CLAUSE})`)
    const { type, lengthBytes } = record
    yield skip(lengthBytes)
    stream.part('security', 'record header', HEADER_BYTES, { clause: CLAUSE })
    const content = type === APPLICATION_DATA ? ENCRYPTED : record.label
    stream.part('security', content, lengthBytes, { clause: CLAUSE })
    stream.frame(record.phase, `${record.label} record`, CLAUSE)
  }
}
