import type { Phase } from '../../model/vocabulary.ts'
import type { DissectorFactory, FramePart } from '../../model/wire/frame.ts'
import {
  awaitByte,
  MalformedBytes,
  type Reading,
  skip,
  take,
} from '../dissectors/parsing/byte-parser.ts'
import { FrameStream } from '../dissectors/parsing/frame-stream.ts'

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
export const dissectOpaqueTls: DissectorFactory = (sink) => {
  const up = new FrameStream('up', 'a record', sink, readRecords)
  const down = new FrameStream('down', 'a record', sink, readRecords)
  return {
    feed: (direction, bytes) => (direction === 'up' ? up : down).feed(bytes),
    end: () => {
      up.end()
      down.end()
    },
  }
}

function* readRecords(stream: FrameStream): Reading<void> {
  while (true) {
    yield* awaitByte()
    const [type = 0, major, , high = 0, low = 0] = yield* take(HEADER_BYTES)
    const record = RECORDS.get(type)
    const lengthBytes = high * 256 + low
    if (record === undefined || major !== 3 || lengthBytes > MAX_RECORD_BYTES) {
      throw new MalformedBytes(`this is no record of TLS (${CLAUSE})`)
    }
    yield* skip(lengthBytes)
    stream.part('security', 'record header', HEADER_BYTES, { clause: CLAUSE })
    const content = type === APPLICATION_DATA ? ENCRYPTED : record.label
    stream.part('security', content, lengthBytes, { clause: CLAUSE })
    stream.frame(record.phase, `${record.label} record`, CLAUSE)
  }
}
