import { generate, type Packet, parser } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { topicOf } from '../../../delivery/numbered.ts'
import type { Qos } from '../../../transports/mqtt/broker-limits.ts'
import { encodePublishFrames, type ProtocolVersion } from './publish-frames.ts'

const payloads = ['{ "temp": 25 }', '', 'x'.repeat(200)].map((text) => Buffer.from(text))

describe.each<[ProtocolVersion, Qos]>([
  [4, 0],
  [4, 1],
  [4, 2],
  [5, 0],
  [5, 1],
  [5, 2],
])('with protocol version %i and QoS %i', (protocolVersion, qos) => {
  it('writes what mqtt-packet would, payloads in turn, each with its packet id', async () => {
    const frames = await encodePublishFrames({ topic: 'a/ü', qos, protocolVersion, payloads })
    const ids = Uint16Array.of(1, 300, 65_535, 2, 3, 4, 5)
    const into = Buffer.alloc(5 + frames.sizeOf(1, ids.length))
    expect(frames.write(into, 5, { first: 1, topicNumber: null }, ids, ids.length)).toBe(
      into.length,
    )
    const expected = Array.from(ids, (messageId, index) =>
      generate(
        {
          ...{ cmd: 'publish', topic: 'a/ü', qos, dup: false, retain: false },
          payload: payloads[(1 + index) % payloads.length] as Buffer,
          ...(qos > 0 && { messageId }),
        },
        { protocolVersion },
      ),
    )
    expect(into.subarray(5).toString('hex')).toBe(Buffer.concat(expected).toString('hex'))
    const read: Packet[] = []
    const reader = parser({ protocolVersion })
    reader.on('packet', (packet) => read.push(packet))
    reader.parse(into.subarray(5))
    expect(read).toHaveLength(ids.length)
  })
})

it('writes the number of its connection at the end of each topic', async () => {
  const topic = topicOf('a/ü', 0)
  for (const qos of [0, 1] as const) {
    const shape = { topic, qos, protocolVersion: 4, payloads, kept: 'all' } as const
    const frames = await encodePublishFrames(shape)
    const ids = Uint16Array.of(7, 8, 9, 10)
    const into = Buffer.alloc(frames.sizeOf(2, ids.length))
    frames.write(into, 0, { first: 2, topicNumber: 1_234 }, ids, ids.length)
    const read: Packet[] = []
    const reader = parser({ protocolVersion: 4 })
    reader.on('packet', (packet) => read.push(packet))
    reader.parse(into)
    expect(read).toHaveLength(ids.length)
    for (const [index, packet] of read.entries()) {
      expect(packet).toMatchObject({ cmd: 'publish', topic: 'a/ü/c001234' })
      expect(packet).toMatchObject({ payload: payloads[(2 + index) % payloads.length] })
    }
  }
})

it('says how long the longest is, wherever it stands', async () => {
  const settings = { topic: 'a', qos: 0, protocolVersion: 5 } as const
  const frames = await encodePublishFrames({ ...settings, payloads })
  expect(
    (await encodePublishFrames({ ...settings, payloads: payloads.toReversed() })).largestBytes,
  ).toBe(frames.largestBytes)
  const longest = await encodePublishFrames({ ...settings, payloads: payloads.slice(2) })
  expect(frames.largestBytes).toBe(longest.sizeOf(0, 1))
})

it('keeps no more than a megabyte of them, and at least one', async () => {
  const large = [Buffer.alloc(3_000_000), Buffer.alloc(3_000_000)]
  const one = await encodePublishFrames({
    ...{ topic: 'a', qos: 1, protocolVersion: 4, payloads: large },
  })
  expect(one.count).toBe(1)
  // Fixed header with a length of four bytes, topic, packet id.
  expect(one.largestBytes).toBe(3_000_000 + 5 + 3 + 2)
  const small = Array.from({ length: 5_000 }, () => Buffer.alloc(14))
  const many = await encodePublishFrames({
    ...{ topic: 'a', qos: 1, protocolVersion: 4, payloads: small },
  })
  expect(many.count).toBe(1_000)
})
