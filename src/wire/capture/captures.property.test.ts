import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packetsOf, pcapOf } from '../../../test/support/captures.ts'
import { COAP_CONVERSATION } from '../../../test/support/coap-conversation.ts'
import type { Conversation } from '../../../test/support/dissection.ts'
import { LONG } from '../../../test/support/long-conversations.ts'
import type { CaptureLedger } from '../../model/report/tap/captured.ts'
import { DIRECTIONS, type Direction, type Protocol } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { CaptureAccount } from './capture-ledger.ts'
import { LINK_TYPE } from './files/link-types.ts'
import { CAPTURE_HEAD_BYTES } from './files/read-capture.ts'

/**
 * A capture is a file of packets: some were dropped, some stand in another order
 * or twice, and it begins and ends anywhere. Held against what its packets carry
 * by their own headers.
 */

interface Packet {
  bytes: Uint8Array
  direction: Direction
  /** Of the stream; from 0. Of datagrams, their place among them. */
  from: number
  payloadBytes: number
}

/** Of a pcap file. */
const PACKET_HEAD_BYTES = 16
const IP_HEADER_BYTES = 20
const UDP_HEADER_BYTES = 8
const UDP = 17

function describePackets(packets: readonly Uint8Array[]): Packet[] {
  const bases = new Map<Direction, number>()
  let device: string | null = null
  const said = { up: 0, down: 0 }
  return packets.map((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const source = String(bytes.subarray(12, 16))
    device ??= source
    const direction: Direction = source === device ? 'up' : 'down'
    if (bytes[9] === UDP) {
      const payloadBytes = bytes.length - IP_HEADER_BYTES - UDP_HEADER_BYTES
      said[direction] += payloadBytes
      return { bytes, direction, from: said[direction] - payloadBytes, payloadBytes }
    }
    const sequence = view.getUint32(IP_HEADER_BYTES + 4)
    const headerBytes = ((bytes[IP_HEADER_BYTES + 12] ?? 0) >> 4) * 4
    // The first packet of each side is its SYN.
    if (!bases.has(direction)) bases.set(direction, sequence + 1)
    const payloadBytes = bytes.length - IP_HEADER_BYTES - headerBytes
    return { bytes, direction, from: sequence - (bases.get(direction) ?? 0), payloadBytes }
  })
}

interface Read {
  ledger: CaptureLedger
  frames: Frame[]
}

function readFile(file: Uint8Array): Read {
  const frames: Frame[] = []
  const account = CaptureAccount.open(file.subarray(0, CAPTURE_HEAD_BYTES), 'a file', [], {
    onFrame: (frame) => frames.push(frame),
  })
  if (account === null) throw new Error('is no capture')
  account.add(file)
  return { ledger: account.end(), frames }
}

const readPackets = (packets: readonly Packet[]): Read =>
  readFile(
    pcapOf(
      packets.map(({ bytes }) => bytes),
      LINK_TYPE.raw,
    ),
  )

/** Of the streams' bytes, those that any packet has. */
function carriedBytes(packets: readonly Packet[], direction: Direction): number {
  const own = packets.filter((packet) => packet.direction === direction)
  if (own.some(({ bytes }) => bytes[9] === UDP)) {
    return own.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0)
  }
  const bytes = new Set(
    own.flatMap(({ from, payloadBytes }) =>
      Array.from({ length: payloadBytes }, (_, index) => from + index),
    ),
  )
  return bytes.size
}

/** In the layers of the stream, and in none. */
function streamBytes({ connections }: CaptureLedger, direction: Direction): number {
  return connections.reduce((sum, { ledger, unread }) => {
    const missed = unread.filter((one) => one.direction === direction)
    return missed.reduce((bytes, one) => bytes + one.bytes, sum + sumLedger(ledger, { direction }))
  }, 0)
}

const networkBytes = ({ connections }: CaptureLedger): number =>
  connections.reduce((sum, { ledger }) => sum + sumLedger(ledger, { layer: 'network' }), 0)

const bytesOf = (packets: readonly Packet[]): number =>
  packets.reduce((sum, { bytes }) => sum + bytes.length, 0)

/** Every byte of every packet is in a layer or unread, each byte of the stream once. */
function expectSums({ ledger }: Read, packets: readonly Packet[]): void {
  const carried = DIRECTIONS.map((direction) => carriedBytes(packets, direction))
  expect(DIRECTIONS.map((direction) => streamBytes(ledger, direction))).toEqual(carried)
  const all = carried.reduce((sum, bytes) => sum + bytes, networkBytes(ledger))
  expect(all).toBe(bytesOf(packets))
}

/**
 * Whose a WebSocket's messages are may be told by them, where they are all there
 * is, and else is not told at all. A datagram has no place.
 */
const keyFor = (protocol: string): ((frame: Frame) => string) => {
  if (/socket/.test(protocol)) {
    return ({ direction, offset, lengthBytes }) => [direction, offset, lengthBytes].join(' ')
  }
  if (protocol === 'coap') {
    return ({ direction, lengthBytes }) => [direction, lengthBytes].join(' ')
  }
  return ({ direction, label, offset, lengthBytes }) =>
    [direction, label, offset, lengthBytes].join(' ')
}

const isHit = ({ direction, offset, lengthBytes }: Frame, lost: Packet, doubtful: number) =>
  lost.direction === direction &&
  lost.from < offset + lengthBytes &&
  lost.from + lost.payloadBytes + (lost.payloadBytes > 0 ? doubtful : 0) > offset

const TALKS: Readonly<Record<string, Conversation>> = { ...LONG, coap: COAP_CONVERSATION }

describe.each(Object.entries(TALKS))('a capture of %s', (name, conversation) => {
  const packets = describePackets(
    packetsOf(name as Protocol, conversation).map(({ bytes }) => bytes),
  )
  const whole = readPackets(packets)
  /** As in the property tests of the readers: a header of WebSocket is two bytes. */
  const doubtful = /socket/.test(name) ? 512 : 0
  const place = fc.nat(packets.length - 1)
  const keyOf = keyFor(name)
  const runs = { numRuns: 25 }

  function expectFrames(found: Read, lost: readonly Packet[], shift = { up: 0, down: 0 }): void {
    const read = new Set(
      found.frames.map((frame) =>
        keyOf({ ...frame, offset: frame.offset + shift[frame.direction] }),
      ),
    )
    const unhit = whole.frames.filter((frame) => !lost.some((one) => isHit(frame, one, doubtful)))
    expect(unhit.map(keyOf).filter((key) => !read.has(key))).toEqual([])
  }

  it('is read whole, and sums to what its packets carry', () => {
    expectSums(whole, packets)
    expect(whole.ledger.connections.map(({ unread }) => unread)).toEqual([[]])
    expect(whole.frames.length).toBeGreaterThan(20)
  })

  it('loses what packets held that were dropped, and the units that they hit', () => {
    fc.assert(
      fc.property(place, (at) => {
        const kept = packets.toSpliced(at, 1)
        const found = readPackets(kept)
        expectSums(found, kept)
        expectFrames(found, packets.slice(at, at + 1))
      }),
      runs,
    )
  })

  it('loses nothing where two packets were swapped', () => {
    fc.assert(
      fc.property(fc.nat(packets.length - 2), (at) => {
        const kept = packets.toSpliced(at, 2, ...packets.slice(at, at + 2).reverse())
        const found = readPackets(kept)
        expectSums(found, kept)
        expectFrames(found, [])
      }),
      runs,
    )
  })

  it('counts once what stands in it twice', () => {
    fc.assert(
      fc.property(place, fc.nat(3), (at, later) => {
        const [again] = packets.slice(at, at + 1) as [Packet]
        const kept = packets.toSpliced(at + later, 0, again)
        const found = readPackets(kept)
        expectSums(found, kept)
        expectFrames(found, [])
        expect(found.ledger.protocols.map(({ messages }) => messages)).toEqual(
          whole.ledger.protocols.map(({ messages }) => messages),
        )
      }),
      runs,
    )
  })

  it('loses what comes after its end, wherever the file is cut', () => {
    const file = pcapOf(
      packets.map(({ bytes }) => bytes),
      LINK_TYPE.raw,
    )
    let end = CAPTURE_HEAD_BYTES
    const ends = packets.map(({ bytes }) => {
      end += PACKET_HEAD_BYTES + bytes.length
      return end
    })
    fc.assert(
      fc.property(fc.integer({ min: CAPTURE_HEAD_BYTES, max: file.length }), (length) => {
        const kept = packets.filter((_, index) => (ends[index] ?? 0) <= length)
        const found = readFile(file.subarray(0, length))
        expectSums(found, kept)
        expectFrames(found, packets.slice(kept.length))
      }),
      runs,
    )
  })

  it('loses the first unit of each side at most where it begins anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 7, max: packets.length >> 1 }), (at) => {
        const kept = packets.slice(at)
        const first = (direction: Direction): number =>
          kept.find((one) => one.direction === direction && one.payloadBytes > 0)?.from ?? 0
        const found = readPackets(kept)
        expectSums(found, kept)
        expectFrames(found, packets.slice(0, at), { up: first('up'), down: first('down') })
      }),
      runs,
    )
  })
})
