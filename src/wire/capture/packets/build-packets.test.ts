import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../../../test/support/dissection.ts'
import { buildTcpPacket, buildUdpPacket, IP_PROTOCOL, TCP_FLAGS } from './build-packets.ts'
import { internetChecksum } from './internet-checksum.ts'
import { readIpPacket } from './ip-packet.ts'
import { readTcpSegment } from './tcp-segment.ts'

const FROM = { address: Uint8Array.of(192, 168, 0, 1), port: 40_000 }
const TO = { address: Uint8Array.of(192, 168, 0, 199), port: 1883 }

describe('the checksum of the internet', () => {
  it.each([
    // The example of RFC 1071 §3: the sum is ddf2.
    ['RFC 1071', '0001 f203 f4f5 f6f7', 0x220d],
    // A header of IPv4 whose checksum is set to 0, as textbooks have it.
    ['an IPv4 header', '4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7', 0xb861],
    ['nothing', '', 0xffff],
    ['an odd byte', '01', 0xfeff],
    ['carries that carry again', 'ffff ffff 0001', 0xfffe],
  ])('of %s', (_what, bytes, expected) => {
    expect(internetChecksum(hex(bytes))).toBe(expected)
  })

  it('goes over pieces as over one run', () => {
    const even = fc.uint8Array({ maxLength: 40 }).filter(({ length }) => length % 2 === 0)
    fc.assert(
      fc.property(even, fc.uint8Array({ maxLength: 41 }), (a, b) => {
        expect(internetChecksum(a, b)).toBe(internetChecksum(Uint8Array.from([...a, ...b])))
      }),
    )
  })
})

/** Over the pseudo-header too: 0 where the checksum is right. */
function transportCheck(packet: Uint8Array): number {
  const unit = packet.subarray(20)
  const pseudo = Uint8Array.from([
    ...packet.subarray(12, 20),
    ...[0, packet[9] ?? 0, unit.length >> 8, unit.length & 0xff],
  ])
  return internetChecksum(pseudo, unit)
}

const payload = fc.uint8Array({ maxLength: 1500 })

describe('a packet', () => {
  it('of TCP reads back as it was built, both checksums right', () => {
    const number = fc.nat(2 ** 32 - 1)
    const flags = fc.nat(0x1f)
    const options = fc.constantFrom('', '0101080a0000000100000002').map(hex)
    fc.assert(
      fc.property(
        number,
        number,
        flags,
        options,
        payload,
        (sequence, acknowledgement, flag, option, bytes) => {
          const segment = {
            sequence,
            acknowledgement,
            flags: flag,
            options: option,
            payload: bytes,
          }
          const packet = buildTcpPacket({ from: FROM, to: TO, window: 1, ...segment }, 7)
          expect(internetChecksum(packet.subarray(0, 20))).toBe(0)
          expect(transportCheck(packet)).toBe(0)
          const ip = readIpPacket(packet)
          if (ip.kind !== 'packet') throw new Error(ip.kind)
          expect(ip.packet).toMatchObject({
            addresses: Uint8Array.of(192, 168, 0, 1, 192, 168, 0, 199),
            protocol: IP_PROTOCOL.tcp,
            totalBytes: packet.length,
          })
          expect(readTcpSegment(ip.packet)).toEqual({
            sourcePort: 40_000,
            destinationPort: 1883,
            sequence,
            acknowledgement: flag & TCP_FLAGS.ack ? acknowledgement : null,
            isSyn: (flag & TCP_FLAGS.syn) !== 0,
            isFin: (flag & TCP_FLAGS.fin) !== 0,
            isReset: (flag & TCP_FLAGS.rst) !== 0,
            isPush: (flag & TCP_FLAGS.psh) !== 0,
            checksum: (packet[36] as number) * 256 + (packet[37] as number),
            payloadBytes: bytes.length,
            payload: bytes,
          })
        },
      ),
    )
  })

  it('of UDP has both checksums right', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        const packet = buildUdpPacket({ from: FROM, to: TO, payload: bytes }, 7)
        expect(internetChecksum(packet.subarray(0, 20))).toBe(0)
        expect(transportCheck(packet)).toBe(0)
        expect(packet.subarray(28)).toEqual(bytes)
      }),
    )
  })
})
