import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import type { DissectorFactory, Frame, FramePart } from '../../../model/wire/frame.ts'
import { awaitByte, MalformedBytes, type Reading, skip, take } from '../parsing/byte-parser.ts'
import { FrameStream } from '../parsing/frame-stream.ts'
import type { MeasureUnit, Units } from '../parsing/unit-search.ts'
import {
  CONTENT,
  RECORD_HEADER_BYTES,
  RECORD_KINDS,
  securityPart,
  type TlsRecord,
} from './tls-records.ts'

const CLAUSE = 'RFC 8446 §5.1'
/** 2^14 bytes, and what TLS 1.2 may add (RFC 5246 §6.2.3); 1.3 adds less. */
const MAX_RECORD_BYTES = 2 ** 14 + 2048

const ENCRYPTED = 'encrypted content'

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

/** What a record that cannot be opened is called, and its content, and of which phase it is. */
export function closedKind(contentType: number) {
  const { label, phase } = RECORD_KINDS[contentType] ?? { label: 'unknown', phase: 'steady' }
  const content = contentType === CONTENT.applicationData ? ENCRYPTED : label
  return { label: `${label} record`, phase, content }
}

/** A record that cannot be opened, as a frame. */
export function closedRecord({ direction, offset, contentType, fragment }: TlsRecord): Frame {
  const { label, phase, content } = closedKind(contentType)
  const parts = [
    securityPart('record header', RECORD_HEADER_BYTES, CLAUSE),
    securityPart(content, fragment.length, CLAUSE),
  ]
  const lengthBytes = RECORD_HEADER_BYTES + fragment.length
  return { direction, phase, label, clause: CLAUSE, offset, lengthBytes, parts }
}

const measureRecord: MeasureUnit = (bytes, at) => {
  const header = bytes.subarray(at, at + RECORD_HEADER_BYTES)
  const found = readHeader(header)
  if (found === null) return null
  return header.length < RECORD_HEADER_BYTES ? 'more' : RECORD_HEADER_BYTES + found.lengthBytes
}

const RECORD_UNITS: Units = { measure: measureRecord, chain: 3, last: 1 }

/** As far as it is there; null where it is no record. Of no content, only application data may be (RFC 8446 §5.1). */
function readHeader(header: Uint8Array) {
  const [type = CONTENT.applicationData, major = 3, minor = 3, high = 0, low = 1] = header
  const lengthBytes = high * 256 + low
  const isSized =
    lengthBytes <= MAX_RECORD_BYTES && (lengthBytes > 0 || type === CONTENT.applicationData)
  if (!(type in RECORD_KINDS) || major !== 3 || minor > 4 || !isSized) return null
  return { type, lengthBytes }
}

function* readRecords(stream: FrameStream): Reading<void> {
  while (true) {
    yield awaitByte()
    const record = readHeader(yield take(RECORD_HEADER_BYTES))
    if (record === null) throw new MalformedBytes(`this is no record of TLS (${CLAUSE})`)
    const { type, lengthBytes } = record
    yield skip(lengthBytes)
    const { label, phase, content } = closedKind(type)
    stream.part('security', 'record header', RECORD_HEADER_BYTES, { clause: CLAUSE })
    stream.part('security', content, lengthBytes, { clause: CLAUSE })
    stream.frame(phase, label, CLAUSE)
  }
}
