import type { ExchangeFrame } from '../../model/wire/exchange.ts'
import type { FramePart } from '../../model/wire/frame.ts'

/** What is shown of a longer part at its beginning, and again at its end. */
const END_BYTES = 48

/** A part with its own bytes. */
export interface PartBytes {
  part: FramePart
  /** Null where they must not be shown. */
  bytes: Uint8Array | null
}

/** A run of bytes that is shown, or the number of those that are not. */
export type Excerpt =
  | { kind: 'shown'; from: number; until: number }
  | { kind: 'left out'; count: number }

/** The parts of a frame in their order, which tile its bytes. */
export function partsOf(frame: ExchangeFrame): PartBytes[] {
  let at = 0
  return frame.parts.map((part) => {
    const bytes = frame.bytes.subarray(at, at + part.lengthBytes)
    at += part.lengthBytes
    return { part, bytes: part.disclosure === 'withheld' ? null : bytes }
  })
}

/** Long runs are cut in the middle. */
export function excerptsOf(lengthBytes: number): Excerpt[] {
  if (lengthBytes <= 2 * END_BYTES) return [{ kind: 'shown', from: 0, until: lengthBytes }]
  const tail = lengthBytes - END_BYTES
  return [
    { kind: 'shown', from: 0, until: END_BYTES },
    { kind: 'left out', count: tail - END_BYTES },
    { kind: 'shown', from: tail, until: lengthBytes },
  ]
}

/** `30 1c 00`. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
