import type { DissectorFactory } from '../../model/wire/frame.ts'
import { MalformedBytes, type Reading, skip, take } from './parsing/byte-parser.ts'
import { FrameStream } from './parsing/frame-stream.ts'

const CLAUSE = 'length-prefixed echo'

/** More than any payload of a scenario; beyond it, the four bytes are no length. */
const MAX_LENGTH_BYTES = 0xfff_ffff

/**
 * The control over bare TCP: four bytes of big-endian length and the payload
 * up, the same frame back down. It is what a message costs with next to no protocol.
 */
export const dissectLengthPrefixed: DissectorFactory = (sink) => {
  /** Lengths of the messages whose echo is still to come. */
  const outstanding: number[] = []
  const up = new FrameStream('up', 'a message', sink, (stream) => readMessages(stream, outstanding))
  const down = new FrameStream('down', 'an echo', sink, (stream) => readEchoes(stream, outstanding))
  return {
    feed: (direction, bytes) => (direction === 'up' ? up : down).feed(bytes),
    end: () => {
      up.end()
      down.end()
    },
  }
}

function* readMessages(stream: FrameStream, outstanding: number[]): Reading<void> {
  while (true) {
    const lengthBytes = yield* readLength()
    // Before the payload: an echo may begin while the message is still under way.
    outstanding.push(lengthBytes)
    yield skip(lengthBytes)
    stream.part('framing', 'length', 4, { text: String(lengthBytes) })
    stream.part('payload', 'payload', lengthBytes)
    stream.frame('steady', 'message', CLAUSE)
  }
}

function* readEchoes(stream: FrameStream, outstanding: number[]): Reading<void> {
  while (true) {
    const lengthBytes = yield* readLength()
    const expected = outstanding.shift()
    if (expected === undefined) {
      throw new MalformedBytes('an echo arrived, but no message is outstanding')
    }
    if (lengthBytes !== expected) {
      throw new MalformedBytes(
        `the echo is ${lengthBytes} bytes long, but the message it answers ${expected}`,
      )
    }
    yield skip(lengthBytes)
    stream.part('acknowledgement', 'length', 4, { text: String(lengthBytes) })
    stream.part('acknowledgement', 'echo', lengthBytes)
    stream.frame('steady', 'echo', CLAUSE)
  }
}

function* readLength(): Reading<number> {
  const bytes = yield take(4)
  const lengthBytes = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
  if (lengthBytes > MAX_LENGTH_BYTES) {
    throw new MalformedBytes(
      `the length field says ${lengthBytes}, above the limit of ${MAX_LENGTH_BYTES} bytes`,
    )
  }
  return lengthBytes
}
