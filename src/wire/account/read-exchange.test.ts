import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import type { WireEvent, WireRecording } from '../../model/wire/recording.ts'
import { readExchange } from './read-exchange.ts'

/** Each conversation on a connection of its own, the turns of all in the order given. */
function recordingOf(...conversations: Conversation[]): WireRecording {
  const events = conversations.flatMap((conversation, index): WireEvent[] => {
    const place = { connection: index + 1, atNs: 0n }
    return [
      { kind: 'opened', ...place },
      ...conversation.map(
        ([direction, bytes]): WireEvent => ({ kind: 'bytes', ...place, direction, bytes }),
      ),
      { kind: 'ended', ...place },
    ]
  })
  return { events, secrets: [], extent: 'whole' }
}

const CONNECT = '100d 0004 4d515454 04 02 003c 0001 61'
const TALK: Conversation = [
  up(hex(CONNECT)),
  down(hex('20020000')),
  up(hex('3206 0001 61 0001 ff')),
  down(hex('40020001')),
  up(hex('e000')),
]
const PLAIN = { protocol: 'mqtt/3.1.1', secure: false } as const
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('an exchange', () => {
  it('has every frame with its own bytes', () => {
    const { frames, gaps, totals, connections } = readExchange(recordingOf(TALK), PLAIN)
    expect(frames.map(({ label, bytes }) => `${label} ${hexOf(bytes)}`)).toEqual([
      'CONNECT 100d00044d5154540402003c000161',
      'CONNACK 20020000',
      'PUBLISH 3206000161' + '0001ff',
      'PUBACK 40020001',
      'DISCONNECT e000',
    ])
    expect([gaps, totals, connections]).toEqual([[], { up: 25, down: 8 }, 1])
  })

  it('has offsets of each connection by itself', () => {
    const { frames, connections } = readExchange(recordingOf(TALK, TALK), PLAIN)
    expect(connections).toBe(2)
    const publishes = frames.filter(({ label }) => label === 'PUBLISH')
    expect(publishes.map(({ connection, offset }) => [connection, offset])).toEqual([
      [1, 15],
      [2, 15],
    ])
    for (const { bytes } of publishes) expect(hexOf(bytes)).toBe('32060001610001ff')
  })

  it('says what could not be read, and where', () => {
    const { frames, gaps } = readExchange(recordingOf([up(hex(`${CONNECT} 00`))]), PLAIN)
    expect(frames).toHaveLength(1)
    expect(gaps).toMatchObject([{ connection: 1, direction: 'up', offset: 15 }])
  })

  it('has the bytes of every part in their order, however the wire was split', () => {
    const wire = Buffer.concat([hex(CONNECT), hex('3206 0001 61 0001 ff')])
    fc.assert(
      fc.property(fc.array(fc.nat(wire.length)), (cuts) => {
        const ends = [...cuts, wire.length].sort((a, b) => a - b)
        const pieces = ends.map((end, n) => up(wire.subarray(ends[n - 1] ?? 0, end)))
        const { frames } = readExchange(recordingOf(pieces), PLAIN)
        expect(hexOf(Buffer.concat(frames.map(({ bytes }) => bytes)))).toBe(hexOf(wire))
        for (const { parts, bytes } of frames) {
          expect(parts.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)).toBe(bytes.length)
        }
      }),
    )
  })

  it('cannot be read where there is no wire', () => {
    expect(() => readExchange(recordingOf(), { protocol: 'none', secure: false })).toThrow(
      /protocol none has no bytes/,
    )
  })
})
