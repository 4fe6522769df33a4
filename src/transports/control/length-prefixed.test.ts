import { describe, expect, it } from 'vitest'
import { encodeFrame, FrameReader } from './length-prefixed.ts'

describe('encodeFrame', () => {
  it('puts four bytes of length, big-endian, before the payload', () => {
    expect(encodeFrame(Uint8Array.of(0xaa, 0xbb)).toString('hex')).toBe('00000002aabb')
    expect(encodeFrame(new Uint8Array()).toString('hex')).toBe('00000000')
    expect(encodeFrame(new Uint8Array(0x010203)).subarray(0, 4).toString('hex')).toBe('00010203')
  })
})

describe('FrameReader', () => {
  const payloads = ['', 'a', 'hello', '', 'x'.repeat(300)]
  const stream = Buffer.concat(payloads.map((text) => encodeFrame(Buffer.from(text))))
  const textOf = (payload: Uint8Array): string => Buffer.from(payload).toString()

  it('finds the same frames wherever the stream is split', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      const reader = new FrameReader()
      const found = [...reader.feed(stream.subarray(0, at)), ...reader.feed(stream.subarray(at))]
      expect(found.map(textOf)).toEqual(payloads)
    }
  })

  it('finds them when each byte comes alone', () => {
    const reader = new FrameReader()
    const found = Array.from(stream, (byte) => reader.feed(Uint8Array.of(byte))).flat()
    expect(found.map(textOf)).toEqual(payloads)
  })

  it('refuses a length that no frame has', () => {
    expect(() => new FrameReader().feed(Buffer.from('POST / HTTP/1.1'))).toThrow(/^a frame of /)
  })
})
