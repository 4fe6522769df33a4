import type { Direction } from '../../model/vocabulary.ts'
import { areAlike, type Frame } from '../../model/wire/frame.ts'
import { roundTripsOf } from './round-trips.ts'

/** What is added up of a frame. */
export interface FrameSums {
  readonly wireBytes: number
  readonly roundTrips: 0 | 1
  /** Parts of the payload; one of no bytes is a part too. */
  readonly payloads: number
  readonly payloadBytes: number
  /** Who says with it that the connection is over: see `saysGoodbye`. */
  readonly goodbye: Direction | null
}

/** The sums of frames, made once where a frame is like the last one of its direction. */
export class FrameSummer {
  readonly #last: Record<Direction, { frame: Frame; sums: FrameSums } | null> = {
    up: null,
    down: null,
  }

  of(frame: Frame): FrameSums {
    const last = this.#last[frame.direction]
    if (last !== null && areAlike(last.frame, frame)) return last.sums
    const sums = sumUp(frame)
    this.#last[frame.direction] = { frame, sums }
    return sums
  }
}

function sumUp(frame: Frame): FrameSums {
  let wireBytes = 0
  let payloads = 0
  let payloadBytes = 0
  for (const { layer, lengthBytes } of frame.parts) {
    if (layer !== 'network') wireBytes += lengthBytes
    if (layer !== 'payload') continue
    payloads += 1
    payloadBytes += lengthBytes
  }
  const roundTrips = roundTripsOf(frame)
  return { wireBytes, roundTrips, payloads, payloadBytes, goodbye: saysGoodbye(frame) }
}

/**
 * Who says with this frame that its connection is over, if anybody does: whoever
 * hears it may be the first to close. A goodbye is a frame of its own (GOAWAY,
 * RFC 9113 §6.8; DISCONNECT, MQTT 5.0 §3.14; close_notify, RFC 8446 §6.1), but
 * for HTTP/1.1, where a field of the last answer says it (RFC 9112 §9.6).
 */
export function saysGoodbye({ direction, phase, label, parts }: Frame): Direction | null {
  if (phase === 'close') return direction
  const isLast =
    label === 'response' &&
    parts.some(({ label: field, text }) => /^connection$/i.test(field) && isClose(text ?? ''))
  return isLast ? direction : null
}

const isClose = (value: string): boolean =>
  value.split(',').some((option) => option.trim().toLowerCase() === 'close')
