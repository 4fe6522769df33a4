import fc from 'fast-check'
import { generate, type Packet } from 'mqtt-packet'
import { expect, it } from 'vitest'
import { PACKET, PacketScanner } from './packet-scanner.ts'

type Seen = [type: number, packetId: number, reasonCode: number]

function scan(chunks: readonly Uint8Array[]): Seen[] {
  const seen: Seen[] = []
  const scanner = new PacketScanner({ packet: (...packet) => void seen.push(packet) })
  for (const chunk of chunks) scanner.feed(chunk)
  return seen
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/ /g, ''), 'hex')

it.each<[string, string, Seen[]]>([
  ['PUBACK of 3.1.1', '40 02 12 34', [[PACKET.puback, 0x1234, 0]]],
  ['PUBACK of 5 that says no', '40 03 00 07 97', [[PACKET.puback, 7, 0x97]]],
  ['PUBREC with properties', '50 06 00 01 10 02 1f 00', [[PACKET.pubrec, 1, 0x10]]],
  ['PUBCOMP', '70 02 ff ff', [[PACKET.pubcomp, 0xffff, 0]]],
  ['PINGRESP', 'd0 00', [[PACKET.pingresp, 0, 0]]],
  ['DISCONNECT of one byte', 'e0 01 8e', [[PACKET.disconnect, 0, 0x8e]]],
  ['DISCONNECT with a property length', 'e0 02 8b 00', [[PACKET.disconnect, 0, 0x8b]]],
  ['SUBACK', '90 03 00 01 01', [[PACKET.suback, 1, 1]]],
])('reads %s', (_, hex, expected) => {
  expect(scan([bytes(hex)])).toEqual(expected)
})

it('skips a body of any length', () => {
  const publish = generate({
    ...{ cmd: 'publish', topic: 'a', payload: Buffer.alloc(70_000, 0x40), qos: 0 },
    ...{ dup: false, retain: false },
  })
  const seen = scan([publish, bytes('40020001')])
  expect(seen.map(([type]) => type)).toEqual([PACKET.publish, PACKET.puback])
})

it('finds the same packets wherever the bytes are split', () => {
  const packet = fc.constantFrom<Packet>(
    { cmd: 'puback', messageId: 0x0102 },
    { cmd: 'pubrec', messageId: 513, reasonCode: 0x97 },
    { cmd: 'pubcomp', messageId: 3 },
    { cmd: 'pingresp' },
    { cmd: 'disconnect', reasonCode: 0x8e },
    { cmd: 'suback', messageId: 9, granted: [1] },
  )
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.nat(60)), (packets, cuts) => {
      const all = Buffer.concat(packets.map((each) => generate(each, { protocolVersion: 5 })))
      const edges = [0, ...cuts.filter((cut) => cut < all.length), all.length].sort((a, b) => a - b)
      const chunks = edges.slice(1).map((edge, index) => all.subarray(edges[index], edge))
      expect(scan(chunks)).toEqual(scan([all]))
      expect(scan(chunks)).toHaveLength(packets.length)
    }),
  )
})

it('refuses a length of more than four bytes', () => {
  expect(() => scan([bytes('40 ff ff ff ff 01')])).toThrow(/more than four bytes/)
})
