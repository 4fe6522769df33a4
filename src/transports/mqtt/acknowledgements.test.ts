import { describe, expect, it } from 'vitest'
import { AcknowledgementReader } from './acknowledgements.ts'

function read(...chunks: Uint8Array[]): string[] {
  const found: string[] = []
  const reader = new AcknowledgementReader({
    puback: (packetId) => found.push(`PUBACK ${packetId}`),
    pingresp: () => found.push('PINGRESP'),
  })
  for (const chunk of chunks) reader.feed(chunk)
  return found
}

describe('AcknowledgementReader', () => {
  const stream = Buffer.from('40020001 d000 4002ffff 40020102'.replaceAll(' ', ''), 'hex')
  const expected = ['PUBACK 1', 'PINGRESP', 'PUBACK 65535', 'PUBACK 258']

  it('finds the same packets wherever the stream is split', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      expect(read(stream.subarray(0, at), stream.subarray(at))).toEqual(expected)
    }
    expect(read(...Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(expected)
  })

  it.each([
    ['a PUBLISH', '3003000161'],
    ['a PUBACK of the wrong length', '400300010a'],
    ['a PINGRESP with content', 'd00100'],
  ])('refuses %s', (_name, hex) => {
    expect(() => read(Buffer.from(hex, 'hex'))).toThrow(/ begins neither /)
  })
})
