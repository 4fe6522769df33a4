import type { Direction } from '../model/vocabulary.ts'
import { DIRECTIONS } from '../model/vocabulary.ts'
import type { LedgerEntry } from '../model/wire/ledger.ts'

/** What crosses a device's link in one direction, in bytes by what it is for, and in how many packets. */
const PARTS = [
  'payload',
  'framing',
  'headers',
  'pings',
  'pingHeaders',
  'connecting',
  'connectingHeaders',
] as const
type Part = (typeof PARTS)[number]
type Lane = Readonly<Record<Part, number>> & { readonly packets: number }
export type Volume = Readonly<Record<Direction, Lane>>

const NO_LANE: Lane = {
  ...{ payload: 0, framing: 0, headers: 0, pings: 0, pingHeaders: 0 },
  ...{ connecting: 0, connectingHeaders: 0, packets: 0 },
}
export const NOTHING: Volume = { up: NO_LANE, down: NO_LANE }

/** Written out: a search over intervals does this a million times. */
const mergeLanes = (a: Lane, b: Lane, by: (x: number, y: number) => number): Lane => ({
  payload: by(a.payload, b.payload),
  framing: by(a.framing, b.framing),
  headers: by(a.headers, b.headers),
  pings: by(a.pings, b.pings),
  pingHeaders: by(a.pingHeaders, b.pingHeaders),
  connecting: by(a.connecting, b.connecting),
  connectingHeaders: by(a.connectingHeaders, b.connectingHeaders),
  packets: by(a.packets, b.packets),
})

const merge = (a: Volume, b: Volume, by: (x: number, y: number) => number): Volume => ({
  up: mergeLanes(a.up, b.up, by),
  down: mergeLanes(a.down, b.down, by),
})

export const plus = (a: Volume, b: Volume): Volume => merge(a, b, (x, y) => x + y)
export const minus = (a: Volume, b: Volume): Volume => merge(a, b, (x, y) => x - y)
export const times = (a: Volume, factor: number): Volume => merge(a, a, (x) => x * factor)

/** Of network layers, and with it of IP packets. */
const NETWORK: ReadonlySet<Part> = new Set(['headers', 'pingHeaders', 'connectingHeaders'])

const sumOf = (
  volume: Volume,
  parts: readonly Part[],
  directions: readonly Direction[] = DIRECTIONS,
): number =>
  directions.reduce(
    (sum, direction) => sum + parts.reduce((all, part) => all + volume[direction][part], 0),
    0,
  )

/** Bytes of IP packets. */
export const ipBytes = (volume: Volume, directions?: readonly Direction[]): number =>
  sumOf(volume, PARTS, directions)

/** Bytes that TCP or UDP carry. */
export const wireBytes = (volume: Volume, directions?: readonly Direction[]): number =>
  sumOf(
    volume,
    PARTS.filter((part) => !NETWORK.has(part)),
    directions,
  )

export const payloadBytes = (volume: Volume, directions?: readonly Direction[]): number =>
  sumOf(volume, ['payload'], directions)

export const packets = (volume: Volume, directions: readonly Direction[] = DIRECTIONS): number =>
  directions.reduce((sum, direction) => sum + volume[direction].packets, 0)

/** The four parts of a picture: what they sum to is the IP bytes. */
export const stackOf = (volume: Volume) => ({
  readings: sumOf(volume, ['payload']),
  headers: sumOf(volume, ['framing', 'headers']),
  pings: sumOf(volume, ['pings', 'pingHeaders']),
  handshakes: sumOf(volume, ['connecting', 'connectingHeaders']),
})

/** A ledger as a volume: what is steady is of messages, what is idle of pings. */
export function volumeOf(ledger: readonly LedgerEntry[]): Volume {
  const lanes = { up: { ...NO_LANE }, down: { ...NO_LANE } } as Record<
    Direction,
    Record<keyof Lane, number>
  >
  for (const { phase, direction, layer, bytes, packets: count = 0 } of ledger) {
    const lane = lanes[direction]
    const isNetwork = layer === 'network'
    lane.packets += count
    if (phase === 'steady' && isNetwork) lane.headers += bytes
    else if (phase === 'steady') lane[layer === 'payload' ? 'payload' : 'framing'] += bytes
    else if (phase === 'idle') lane[isNetwork ? 'pingHeaders' : 'pings'] += bytes
    else lane[isNetwork ? 'connectingHeaders' : 'connecting'] += bytes
  }
  return lanes
}
