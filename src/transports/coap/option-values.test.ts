import { describe, expect, it } from 'vitest'
import {
  blockNumberOf,
  decodeUint,
  encodeBlock,
  encodeContentFormat,
  encodeUint,
  saysMore,
} from './option-values.ts'

const hex = (value: Buffer | null): string | undefined => value?.toString('hex')

describe('option values', () => {
  it.each([
    [0, ''],
    [1, '01'],
    [255, 'ff'],
    [256, '0100'],
    [65_804, '01010c'],
  ])('%i takes no more bytes than it must (RFC 7252 §3.2)', (number, digits) => {
    expect(hex(encodeUint(number))).toBe(digits)
    expect(decodeUint(encodeUint(number))).toBe(number)
  })

  it.each([
    [0, 'more', '0e'],
    [0, 'none', '06'],
    [15, 'more', 'fe'],
    [16, 'none', '0106'],
    [4096, 'more', '01000e'],
  ] as const)('block %i of 1024 bytes, %s following (RFC 7959 §2.2)', (number, follows, digits) => {
    const block = encodeBlock(number, follows)
    expect(hex(block)).toBe(digits)
    expect([blockNumberOf(block), saysMore(block)]).toEqual([number, follows === 'more'])
  })

  it.each([
    ['text/plain', ''],
    ['text/plain; charset=utf-8', ''],
    ['Text/Plain;charset="UTF-8"', ''],
    ['text/plain; charset=iso-8859-1', undefined],
    ['application/json', '32'],
    ['application/octet-stream', '2a'],
    ['application/senml+xml', '0136'],
    ['application/x-reading', undefined],
  ])('Content-Format of %s', (mediaType, digits) => {
    expect(hex(encodeContentFormat(mediaType))).toBe(digits)
  })
})
