import type { DissectorFactory, Frame } from '../../src/model/wire/frame.ts'
import { readCaptureLedger } from '../../src/wire/capture/capture-ledger.ts'
import { DetectedConnection } from '../../src/wire/detection/detected-connection.ts'
import { dissectCoap } from '../../src/wire/dissectors/coap/coap.ts'
import { dissectDtls } from '../../src/wire/dissectors/dtls/dtls.ts'
import { dissectHttp1 } from '../../src/wire/dissectors/http1/http1.ts'
import { DISSECTORS } from '../../src/wire/dissectors/index.ts'
import { dissectMqtt31 } from '../../src/wire/dissectors/mqtt/mqtt311.ts'
import { dissectOpaqueTls } from '../../src/wire/dissectors/tls/opaque-tls.ts'
import { dissectTls } from '../../src/wire/dissectors/tls/tls.ts'
import { type Conversation, dissect, findTilingFault } from '../../test/support/dissection.ts'
import { split } from '../../test/support/distortion.ts'
import { DTLS_CONVERSATION, DTLS_SECRET } from '../../test/support/dtls-conversation.ts'
import {
  dissectLeniently,
  findLenientFault,
  findSumFault,
  type Heard,
} from '../../test/support/lenient.ts'
import { CONTENT_TYPE, converse, knownSecrets, shakeHands } from '../../test/support/tls-records.ts'
import { distort } from './distort.ts'
import type { Random } from './random.ts'
import { CAPTURES, SEEDS, seedsOf } from './seeds.ts'

/** What is fed to one reader, and what must hold of it. */
export interface Target {
  name: string
  make(random: Random): Heard
  /** @returns what does not hold; null where all does */
  findFault(input: Heard, random: Random): string | null
}

const ofBytes = (input: Heard): Conversation | null =>
  input.some(([, said]) => typeof said === 'number') ? null : (input as Conversation)

const wrongParts = ({ parts, lengthBytes, label, offset }: Frame): string | null => {
  const sum = parts.reduce((bytes, part) => bytes + part.lengthBytes, 0)
  const isNegative = parts.some((part) => part.lengthBytes < 0)
  return sum === lengthBytes && !isNegative ? null : `${label} at ${offset}: parts sum to ${sum}`
}

/** A strict reader ends where a lenient one goes on: so many of the latter for one of the former. */
const STRICT_ONE_IN = 4

function findFaultBy(protocol: string, dissect_: DissectorFactory, isDatagrams: boolean) {
  return (input: Heard, random: Random): string | null => {
    const bytes = random.below(STRICT_ONE_IN) === 0 ? ofBytes(input) : null
    if (bytes !== null) {
      const found = dissect(dissect_, bytes)
      const fault = findTilingFault(found, bytes)
      if (fault !== null) return `strict: ${fault}`
      if (!isDatagrams && random.below(2) === 0) {
        const cuts = Array.from({ length: 4 }, () => 1 + random.small(30))
        const again = dissect(dissect_, split(bytes, cuts))
        if (JSON.stringify(again) !== JSON.stringify(found)) return `split by ${cuts}: other frames`
      }
    }
    const start = random.below(3) === 0 ? 'joined' : 'fresh'
    if (random.below(4) === 0) {
      const fault = findLenientFault(dissectLeniently(dissect_, input, { start }))
      return fault && `lenient, ${start}: ${fault}`
    }
    let fault: string | null = null
    const onFrame = (frame: Frame): void => {
      fault ??= wrongParts(frame)
    }
    const known = { protocol, dissect: dissect_ }
    const sum = findSumFault(input, new DetectedConnection(SECRETS, { known, start, onFrame }))
    return fault ?? (sum && `lenient, ${start}: ${sum}`)
  }
}

const SECRETS = knownSecrets()
SECRETS.learn(DTLS_SECRET)

/** Whatever an input is made of, one in so many has something of another protocol. */
const FOREIGN = 6

function makeFrom(own: readonly Heard[], carrier: 'stream' | 'datagrams') {
  return (random: Random): Heard => {
    const seed = random.pick(random.below(FOREIGN) === 0 ? SEEDS : own)
    return distort(seed, random.pick(random.below(FOREIGN) === 0 ? SEEDS : own), carrier, random)
  }
}

function target(
  name: string,
  dissector: DissectorFactory,
  own: readonly Heard[],
  carrier: 'stream' | 'datagrams' = 'stream',
): Target {
  const isDatagrams = carrier === 'datagrams'
  return {
    name,
    make: makeFrom(own, carrier),
    findFault: findFaultBy(name, dissector, isDatagrams),
  }
}

const TLS_TYPES = [CONTENT_TYPE.data, CONTENT_TYPE.data, CONTENT_TYPE.data, ...[22, 21, 20, 0, 99]]

const { said: HANDSHAKE, client, server } = shakeHands()

/** Each is sealed, derived for and opened: most of the time is spent on that. */
const recordsOf = (random: Random): number => (random.below(16) === 0 ? 64 : 6)

/** Damage of the wire ends at the tag: here the sender says anything, and seals it well. */
function seal(said: Heard, random: Random): Heard {
  for (const sealer of [client, server]) sealer.rewind()
  return [
    ...HANDSHAKE,
    ...said.slice(0, recordsOf(random)).flatMap(([direction, bytes]): Heard[number][] => {
      if (typeof bytes === 'number') return []
      const type = random.below(10) === 0 ? random.pick(TLS_TYPES) : CONTENT_TYPE.data
      const sealer = direction === 'up' ? client : server
      return [[direction, sealer.seal(type, bytes, random.small(3))]]
    }),
  ]
}

const HTTP = seedsOf('http/1.1')
const TLS_SEEDS: readonly Heard[] = HTTP.map((said) =>
  converse((sealers) =>
    (said as Conversation).map(([direction, bytes]): Conversation[number] => [
      direction,
      (direction === 'up' ? sealers.client : sealers.server).seal(CONTENT_TYPE.data, bytes),
    ]),
  ),
)

const ANY_SEEDS = [...SEEDS, ...TLS_SEEDS]

const detected: Target = {
  name: 'detection',
  make: (random) =>
    random.below(4) === 0
      ? seal(makeFrom(SEEDS, 'stream')(random), random)
      : makeFrom(ANY_SEEDS, 'stream')(random),
  findFault(input, random) {
    const start = random.below(4) === 0 ? 'joined' : 'fresh'
    const port = random.pick([80, 443, 1883, 9999])
    return findSumFault(input, new DetectedConnection(SECRETS, { start, port }))
  },
}

const captures: Target = {
  name: 'capture',
  make: (random) =>
    distort([['up', random.pick(CAPTURES)]], [['up', random.pick(CAPTURES)]], 'datagrams', random),
  findFault(input) {
    const file = Buffer.concat(ofBytes(input)?.map(([, bytes]) => bytes) ?? [])
    const ledger = readCaptureLedger(file, 'a file', [])
    const amounts = ledger?.connections.flatMap((one) => [...one.ledger, ...one.unread]) ?? []
    return amounts.some(({ bytes }) => !(bytes >= 0)) ? 'an amount below zero' : null
  },
}

export const TARGETS: readonly Target[] = [
  ...Object.entries(DISSECTORS).flatMap(([name, dissector]) => {
    if (dissector === null) return []
    const carrier = name === 'coap' ? 'datagrams' : 'stream'
    return [target(name, dissector, seedsOf(name), carrier)]
  }),
  target('mqtt/3.1', dissectMqtt31, seedsOf('mqtt/3.1.1')),
  target('tls', dissectTls(dissectHttp1, SECRETS), TLS_SEEDS),
  {
    ...target('tls, sealed', dissectTls(dissectHttp1, SECRETS), []),
    make: (random) => seal(makeFrom(HTTP, 'stream')(random), random),
  },
  target('tls without keys', dissectOpaqueTls, TLS_SEEDS),
  target('dtls', dissectDtls(dissectCoap, SECRETS), [DTLS_CONVERSATION], 'datagrams'),
  detected,
  captures,
]
