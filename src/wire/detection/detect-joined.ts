import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type { DissectorFactory } from '../../model/wire/frame.ts'
import { dissectOpaqueTls } from '../dissectors/tls/opaque-tls.ts'
import { readerOf } from './readers.ts'
import { type Detection, UNKNOWN } from './signatures.ts'

/** What was said, and of what was not captured, how many bytes. */
export type Heard = readonly (readonly [Direction, Uint8Array | number])[]

/** Protocols whose units can be told from other bytes, and the ports that they have as a rule. */
const CANDIDATES: readonly { detection: Detection; ports: readonly number[] }[] = [
  { detection: { kind: 'tls' }, ports: [443, 8883, 8443] },
  ...[
    ['http/1.1', 80],
    ['http/2', 80],
    ['mqtt/3.1.1', 1883],
    ['mqtt/5.0', 1883],
    ['mqtt/3.1.1 over websocket', 80],
    ['mqtt/5.0 over websocket', 80],
    ['socket.io', 80],
    ['websocket', 80],
  ].map(([protocol, port]) => ({
    detection: { kind: 'known' as const, protocol: protocol as string },
    ports: [port as number],
  })),
]

interface Reading {
  detection: Detection
  framedBytes: Record<Direction, number>
  /** Rules that would be broken. */
  breaches: number
  isExpected: boolean
}

/**
 * The protocol of a connection that began earlier, by what both sides said: that
 * of whose units most of it consists. Its units must chain in both directions;
 * where the server has the port of a protocol, in one.
 * @param port of the server; null where it is not known
 */
export function detectJoined(heard: Heard, port: number | null): Detection {
  const saidBytes = { up: 0, down: 0 }
  for (const [direction, said] of heard) {
    if (typeof said !== 'number') saidBytes[direction] += said.length
  }
  const readings = CANDIDATES.flatMap(({ detection, ports }): Reading[] => {
    const dissect = detection.kind === 'known' ? readerOf(detection.protocol) : dissectOpaqueTls
    if (dissect === null) return []
    const isExpected = port !== null && ports.includes(port)
    return [{ detection, ...tryReading(dissect, heard), isExpected }]
  }).filter((reading) => isCredible(reading, saidBytes))
  const [best, ...others] = readings.toSorted(
    (a, b) => sum(b.framedBytes) - sum(a.framedBytes) || a.breaches - b.breaches,
  )
  if (best === undefined) return UNKNOWN
  const isOpen = others.some((other) => isMqtt(other) && isAsGood(other, best))
  // Nothing that was said can be of one version only.
  return isMqtt(best) && isOpen ? { kind: 'known', protocol: 'mqtt' } : best.detection
}

const sum = ({ up, down }: Record<Direction, number>): number => up + down

const isMqtt = ({ detection }: Reading): boolean =>
  detection.kind === 'known' && /^mqtt\/[\d.]+$/.test(detection.protocol)

const isAsGood = (one: Reading, other: Reading): boolean =>
  sum(one.framedBytes) === sum(other.framedBytes) && one.breaches === other.breaches

/** Most bytes are in units, and both sides have some; the other end of a unit may be missing. */
function isCredible(
  { framedBytes, isExpected }: Reading,
  saidBytes: Record<Direction, number>,
): boolean {
  if (sum(framedBytes) === 0) return false
  if (isExpected) return true
  const speaking = DIRECTIONS.filter((direction) => saidBytes[direction] > 0)
  return (
    speaking.every((direction) => framedBytes[direction] > 0) &&
    2 * sum(framedBytes) > sum(saidBytes)
  )
}

function tryReading(
  dissect: DissectorFactory,
  heard: Heard,
): Pick<Reading, 'framedBytes' | 'breaches'> {
  const found = { framedBytes: { up: 0, down: 0 }, breaches: 0 }
  const dissector = dissect(
    {
      frame: ({ direction, lengthBytes }) => {
        found.framedBytes[direction] += lengthBytes
      },
      unexplained: () => undefined,
      remark: () => {
        found.breaches += 1
      },
    },
    'joined',
  )
  for (const [direction, said] of heard) {
    if (typeof said === 'number') dissector.missing?.(direction, said)
    else dissector.feed(direction, said)
  }
  dissector.end()
  return found
}
