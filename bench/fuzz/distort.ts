import type { Direction } from '../../src/model/vocabulary.ts'
import type { Heard } from '../../test/support/lenient.ts'
import type { Random } from './random.ts'

type Said = [Direction, Uint8Array | number]

/** What lengths, counts and types are at their edges. */
const EDGES = [0, 1, 2, 9, 10, 13, 32, 58, 0x7f, 0x80, 0x81, 0x88, 0xc0, 0xfe, 0xff] as const

/**
 * Most inputs are small, since what a reader does wrong it does within a few units;
 * one in so many is as long as a conversation.
 */
const LONG_ONE_IN = 24
const LONG_UNITS = 40
const FEW_UNITS = 4

/** How much of the opening is kept: as a rule enough for what follows to mean something. */
const OPENINGS = [0, 0, 1, 2, 2, 2, 2, 3, 4, 5] as const

/** A part of a conversation: its opening as a rule, and some of what follows. */
function excerpt(seed: Heard, random: Random): Said[] {
  const opening = random.pick(OPENINGS)
  const from = opening + random.below(Math.max(1, seed.length - opening))
  const more = random.below(LONG_ONE_IN) === 0 ? random.below(LONG_UNITS) : random.small(FEW_UNITS)
  const kept = [...seed.slice(0, opening), ...seed.slice(from, from + 1 + more)]
  return kept.map(([direction, said]): Said => [direction, said])
}

/** @param other what is spliced into it */
type Distortion = (said: Said[], random: Random, other: Heard) => void

function onBytes(change: (bytes: Uint8Array, random: Random) => Uint8Array): Distortion {
  return (said, random) => {
    const one = said[random.below(said.length)]
    if (one === undefined || typeof one[1] === 'number' || one[1].length === 0) return
    one[1] = change(one[1], random)
  }
}

const join = (...pieces: Uint8Array[]): Uint8Array => Buffer.concat(pieces)

function rangeOf(bytes: Uint8Array, random: Random): [from: number, until: number] {
  const from = random.below(bytes.length)
  return [from, Math.min(bytes.length, from + 1 + random.small(40))]
}

function put(bytes: Uint8Array, at: number, values: Uint8Array): Uint8Array {
  return join(bytes.subarray(0, at), values, bytes.subarray(at + values.length))
}

const edge = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.pick([1, 1, 1, 2, 3, 4, 8]) }, () => random.pick(EDGES))

/** Of datagrams: each stays whole. */
const OF_UNITS: readonly Distortion[] = [
  onBytes((bytes, random) => {
    const at = random.below(bytes.length)
    return put(bytes, at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))))
  }),
  onBytes((bytes, random) => put(bytes, random.below(bytes.length), random.bytes(1))),
  onBytes((bytes, random) => put(bytes, random.below(bytes.length), edge(random))),
  onBytes((bytes, random) => {
    const at = random.below(bytes.length + 1)
    return join(bytes.subarray(0, at), random.bytes(1 + random.small(8)), bytes.subarray(at))
  }),
  onBytes((bytes, random) => {
    const [from, until] = rangeOf(bytes, random)
    return join(bytes.subarray(0, from), bytes.subarray(until))
  }),
  onBytes((bytes, random) => {
    const [from, until] = rangeOf(bytes, random)
    const times = 1 + random.small(8)
    const middle = Array.from({ length: times }, () => bytes.subarray(from, until))
    return join(bytes.subarray(0, until), ...middle, bytes.subarray(until))
  }),
  onBytes((bytes, random) => bytes.subarray(0, random.below(bytes.length))),
  (said, random) => {
    said.splice(random.below(said.length), 1)
  },
  (said, random) => {
    const at = random.below(said.length)
    const times = 1 + random.small(8)
    const one = said[at]
    if (one !== undefined)
      said.splice(at, 0, ...Array.from({ length: times }, (): Said => [...one]))
  },
  (said, random) => {
    const at = random.below(said.length)
    said.splice(at, 2, ...said.slice(at, at + 2).reverse())
  },
  (said, random) => {
    const one = said[random.below(said.length)]
    if (one !== undefined) one[0] = one[0] === 'up' ? 'down' : 'up'
  },
  (said, random, other) => {
    const [direction, bytes] = random.pick(other)
    said.splice(random.below(said.length + 1), 0, [direction, bytes])
  },
]

/** Of streams: where bytes are cut means nothing, and some may be missing. */
const OF_STREAMS: readonly Distortion[] = [
  ...OF_UNITS,
  (said, random) => {
    const at = random.below(said.length)
    const [direction, bytes] = said[at] ?? ['up', 0]
    if (typeof bytes === 'number' || bytes.length === 0) return
    const [from, until] = rangeOf(bytes, random)
    const pieces: Said[] = [
      [direction, bytes.subarray(0, from)],
      [direction, until - from],
      [direction, bytes.subarray(until)],
    ]
    said.splice(at, 1, ...pieces)
  },
  (said, random) => {
    const at = random.below(said.length)
    const [direction, bytes] = said[at] ?? ['up', 0]
    if (typeof bytes === 'number') return
    const cut = 1 + random.small(20)
    const pieces: Said[] = []
    for (let from = 0; from < bytes.length; from += cut) {
      pieces.push([direction, bytes.subarray(from, from + cut)])
    }
    said.splice(at, 1, ...pieces)
  },
]

/** An input made of a conversation, damaged in a few places. */
export function distort(
  seed: Heard,
  other: Heard,
  carrier: 'stream' | 'datagrams',
  random: Random,
): Heard {
  const said = excerpt(seed, random)
  const distortions = carrier === 'stream' ? OF_STREAMS : OF_UNITS
  for (let left = random.small(6); left >= 0 && said.length > 0; left -= 1) {
    random.pick(distortions)(said, random, other)
  }
  // A datagram of no bytes has nothing to say.
  return carrier === 'stream'
    ? said
    : said.filter(([, bytes]) => typeof bytes !== 'number' && bytes.length > 0)
}
