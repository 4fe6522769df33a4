import { describe, expect, it } from 'vitest'
import { WireRecorder } from './recorder.ts'
import type { ConnectionTap } from './tcp-relay.ts'

const silentTap = (): ConnectionTap => ({ bytes: () => {}, end: () => {} })

/** A clock that is read once an event. */
function countingClock(): () => bigint {
  let instant = 0n
  return () => {
    instant += 1n
    return instant
  }
}

describe('a recorder', () => {
  it('keeps what was tapped on each connection, in order, with its instants', () => {
    const recorder = new WireRecorder(countingClock())
    const first = recorder.record(silentTap())
    const second = recorder.record(silentTap())
    first.bytes('up', Uint8Array.of(1, 2))
    second.bytes('down', Uint8Array.of(3))
    first.finished?.('up')
    first.end()
    expect(recorder.recording).toEqual({
      events: [
        { kind: 'opened', connection: 1, atNs: 1n },
        { kind: 'opened', connection: 2, atNs: 2n },
        { kind: 'bytes', connection: 1, direction: 'up', atNs: 3n, bytes: Uint8Array.of(1, 2) },
        { kind: 'bytes', connection: 2, direction: 'down', atNs: 4n, bytes: Uint8Array.of(3) },
        { kind: 'finished', connection: 1, direction: 'up', atNs: 5n },
        { kind: 'ended', connection: 1, atNs: 6n },
      ],
      secrets: [],
      extent: 'whole',
    })
  })

  it('tells the tap behind it the same', () => {
    const told: unknown[] = []
    const tap = new WireRecorder(countingClock()).record({
      bytes: (direction, chunk) => told.push([direction, ...chunk]),
      finished: (direction) => told.push(['finished', direction]),
      end: () => told.push('end'),
    })
    tap.bytes('up', Uint8Array.of(7))
    tap.finished?.('up')
    tap.end()
    expect(told).toEqual([['up', 7], ['finished', 'up'], 'end'])
  })

  it('keeps its own copy: what a socket read may be written over', () => {
    const recorder = new WireRecorder(countingClock())
    const shared = Buffer.from([1, 2, 3])
    recorder.record(silentTap()).bytes('up', shared.subarray(1))
    shared.fill(0)
    expect(recorder.recording.events[1]).toMatchObject({ bytes: Uint8Array.of(2, 3) })
  })

  it('is cut where it grows too large, and says so; the tap goes on', () => {
    let tapped = 0
    const recorder = new WireRecorder(countingClock(), 10)
    const tap = recorder.record({ ...silentTap(), bytes: (_, chunk) => (tapped += chunk.length) })
    for (let n = 0; n < 3; n += 1) tap.bytes('up', new Uint8Array(6))
    tap.bytes('up', new Uint8Array(1))
    tap.end()
    const { events, extent } = recorder.recording
    expect(extent).toBe('cut')
    expect(events.map(({ kind }) => kind)).toEqual(['opened', 'bytes'])
    expect(tapped).toBe(19)
  })
})
