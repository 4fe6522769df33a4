import type { Frame } from '../../../model/wire/frame.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import { Envelopes } from '../parsing/envelopes.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'
import { BlockSplitter, EVENT_STREAM, type EventBlock, explainBlock } from './event-stream.ts'
import { CHUNKED, readChunkEnd, readChunkSize } from './http1-body.ts'
import { type FramingFields, readFields } from './http1-fields.ts'

/** An event is held until it is over; what is longer is none that anybody waits for. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024

/** HTML §9.2.5: a media type, whatever its parameters. */
export const isEventStream = ({ contentType }: FramingFields): boolean =>
  contentType.length === 1 && /^text\/event-stream[ \t]*(;|$)/i.test(contentType[0] ?? '')

/**
 * The chunked body of an event stream. A server may write several events into
 * one chunk, or one event into several: a frame is an event, with the chunk
 * framing that stands before, in and behind its bytes.
 */
export function* readEventStream(stream: FrameStream): Reading<void> {
  const envelopes = new Envelopes()
  let innerOffset = 0
  const tell = ({ phase, label, lengthBytes, parts }: EventBlock): void => {
    const { direction } = stream
    const offset = innerOffset
    innerOffset += lengthBytes
    const clause = EVENT_STREAM
    const inner: Frame = { direction, phase, label, clause, offset, lengthBytes, parts }
    stream.tell(envelopes.wrap(inner))
  }
  const splitter = new BlockSplitter((block) => tell(explainBlock(block)))
  stream.unit = 'an event'
  while (true) {
    const start = stream.position
    const { lineBytes, sizeBytes } = yield* readChunkSize(stream)
    if (sizeBytes === null) {
      // Whoever listens goes away as a rule while nothing happens.
      const rest = splitter.rest()
      if (rest.length > 0) tell(unfinished(rest))
      if (lineBytes === 0) return
      stream.part('control', 'unfinished chunk size', lineBytes)
      stream.frame('close', 'unfinished chunk', CHUNKED)
      return
    }
    if (sizeBytes === 0) {
      const rest = splitter.rest()
      if (rest.length > 0) tell(unfinished(rest))
      stream.part('framing', 'last chunk', lineBytes, { text: '0', clause: CHUNKED })
      yield* readFields(stream, 'framing', 0)
      stream.frame('close', 'end of stream', CHUNKED)
      stream.unit = 'a response'
      return
    }
    if (splitter.heldBytes + sizeBytes > MAX_EVENT_BYTES) {
      throw new MalformedBytes(`an event or its chunk is longer than ${MAX_EVENT_BYTES} bytes`)
    }
    // Held as a whole: an event that ends in it is told of with all of its framing.
    const data = yield take(sizeBytes)
    const endBytes = yield* readChunkEnd(stream)
    const text = String(sizeBytes)
    const [layer, clause] = ['framing' as const, CHUNKED]
    envelopes.add({
      offset: start,
      head: [{ layer, label: 'chunk size', lengthBytes: lineBytes, text, clause }],
      innerBytes: sizeBytes,
      tail: [{ layer, label: 'chunk end', lengthBytes: endBytes, clause }],
    })
    splitter.feed(data)
  }
}

/** HTML §9.2.6: what the stream ends in the middle of is not dispatched. */
function unfinished({ length: lengthBytes }: Uint8Array): EventBlock {
  const parts = [{ layer: 'control' as const, label: 'unfinished event', lengthBytes }]
  return { phase: 'close', label: 'unfinished event', lengthBytes, parts }
}
