import type { Layer } from '../../../model/vocabulary.ts'
import { MalformedBytes, type Reading, skip, take } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import type { Http2Frame } from './http2-connection.ts'
import { FRAME_CLAUSES, PADDED } from './http2-frames.ts'

const CLAUSE = FRAME_CLAUSES.DATA

/** The Pad Length of a frame that has one (RFC 9113 §6.1); what is left are content and padding. */
export function* takePadLength(
  { header, stream }: Http2Frame,
  layer: Layer,
): Reading<{ contentBytes: number; paddingBytes: number }> {
  const { lengthBytes, flags } = header
  if (!(flags & PADDED)) return { contentBytes: lengthBytes, paddingBytes: 0 }
  const [paddingBytes = 0] = lengthBytes === 0 ? [] : yield take(1)
  const contentBytes = lengthBytes - 1 - paddingBytes
  if (contentBytes < 0) throw new MalformedBytes(`the padding is longer than its frame (${CLAUSE})`)
  stream.part(layer, 'Pad Length', 1, { text: String(paddingBytes), clause: CLAUSE })
  return { contentBytes, paddingBytes }
}

export function* skipPadding(
  stream: FrameStream,
  layer: Layer,
  paddingBytes: number,
): Reading<void> {
  if (paddingBytes === 0) return
  yield skip(paddingBytes)
  stream.part(layer, 'Padding', paddingBytes, { clause: CLAUSE })
}
