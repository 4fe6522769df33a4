import { expect, it } from 'vitest'
import { udpHeaderBytes } from './packets.ts'

it.each([
  [0, 28],
  [54, 28],
  [1472, 28],
  [1473, 48],
  [2952, 48],
  [2953, 68],
])('headers of a datagram of %i bytes take %i', (datagramBytes, headerBytes) => {
  expect(udpHeaderBytes(datagramBytes)).toBe(headerBytes)
})
