import { describe, expect, it } from 'vitest'
import { COAP_CONVERSATION } from '../../../test/support/coap-conversation.ts'
import { type Conversation, dissect, down, hex, up } from '../../../test/support/dissection.ts'
import { DTLS_CONVERSATION, DTLS_SECRET } from '../../../test/support/dtls-conversation.ts'
import { dissectLeniently } from '../../../test/support/lenient.ts'
import { LONG } from '../../../test/support/long-conversations.ts'
import { CONTENT_TYPE, converse, knownSecrets } from '../../../test/support/tls-records.ts'
import { type Direction, PROTOCOLS, type Protocol } from '../../model/vocabulary.ts'
import type { DissectorFactory } from '../../model/wire/frame.ts'
import { DetectedConnection } from '../detection/detected-connection.ts'
import { readerOf } from '../detection/readers.ts'
import { dissectCoap } from '../dissectors/coap/coap.ts'
import { dissectDtls } from '../dissectors/dtls/dtls.ts'
import { dissectLengthPrefixed } from '../dissectors/length-prefixed.ts'
import { dissectMqtt31 } from '../dissectors/mqtt/mqtt311.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { dissectOpaqueTls } from '../dissectors/tls/opaque-tls.ts'
import { dissectTls } from '../dissectors/tls/tls.ts'
import { ByteAccount } from './byte-account.ts'

/** Our own byte pass is strict, a reader of other people's traffic is not: one dissector, two policies. */

const TALKS: Partial<Record<Protocol, Conversation>> = { ...LONG, coap: COAP_CONVERSATION }

function totalsOf(conversation: Conversation): Record<Direction, number> {
  const totals = { up: 0, down: 0 }
  for (const [direction, bytes] of conversation) totals[direction] += bytes.length
  return totals
}

/** As a byte pass accounts for it. */
function settle(protocol: Protocol, conversation: Conversation) {
  const account = new ByteAccount({ protocol, secure: false })
  const tap = account.openTap()
  for (const [direction, bytes] of conversation) tap.bytes(direction, bytes)
  tap.end()
  return account.settle(totalsOf(conversation)).ledger.filter(({ layer }) => layer !== 'network')
}

/** As `inspect` and `tap` do. */
function detect(protocol: Protocol, conversation: Conversation): DetectedConnection {
  const dissect = readerOf(protocol)
  if (dissect === null) throw new Error(`no dissector for ${protocol}`)
  const connection = new DetectedConnection(new TlsSecrets(), { known: { protocol, dissect } })
  for (const [direction, bytes] of conversation) connection.feed(direction, bytes)
  connection.end()
  return connection
}

/** One byte of nothing between two utterances of one side. */
function withStrayByte(conversation: Conversation, direction: Direction): Conversation {
  const at = conversation.findLastIndex(
    (said, index) => index < conversation.length - 2 && said[0] === direction,
  )
  return [...conversation.slice(0, at), [direction, hex('0f')], ...conversation.slice(at)]
}

describe.each(Object.entries(TALKS))('%s', (name, conversation) => {
  const protocol = name as Protocol

  it('has the same ledger under both policies where it is clean', () => {
    const connection = detect(protocol, conversation)
    expect(connection.book.entries()).toEqual(settle(protocol, conversation))
    expect([connection.speech?.protocol, connection.remarks]).toEqual([protocol, []])
    expect([connection.unread('up'), connection.unread('down')]).toEqual([[], []])
  })

  it.each(['up', 'down'] as const)(
    'fails a byte pass by one stray byte %s, and costs a reader that byte',
    (direction) => {
      const stray = withStrayByte(conversation, direction)
      expect(() => settle(protocol, stray)).toThrow(/cannot be explained/)
      const connection = detect(protocol, stray)
      const clean = detect(protocol, conversation)
      const [loss, ...others] = connection.unread(direction)
      expect(others).toEqual([])
      expect(loss?.bytes).toBe(1)
      expect(connection.units).toEqual(clean.units)
      expect(connection.book.entries()).toEqual(clean.book.entries())
    },
  )
})

it('has every protocol that others speak', () => {
  const spoken = PROTOCOLS.filter((protocol) => !['none', 'length-prefixed'].includes(protocol))
  expect(Object.keys(TALKS).toSorted()).toEqual(spoken.toSorted())
})

const SECRETS = knownSecrets()
SECRETS.learn(DTLS_SECRET)
const ECHO: Conversation = [up(hex('00000002 6f6b')), down(hex('00000002 6f6b'))]
const IN_TLS = converse(({ client, server }) =>
  [...ECHO, ...ECHO, ...ECHO].map(([direction, bytes]): Conversation[number] => [
    direction,
    (direction === 'up' ? client : server).seal(CONTENT_TYPE.data, bytes),
  ]),
)

/** Of two bytes more: `MQIsdp`, and its level. */
const MQTT_31: Conversation = (LONG['mqtt/3.1.1'] ?? []).with(
  0,
  up(hex('10 16 0006 4d5149736470 03 02 003c 0008 73656e736f722d31')),
)

describe.each<[string, DissectorFactory, Conversation]>([
  ['length-prefixed', dissectLengthPrefixed, [...ECHO, ...ECHO, ...ECHO]],
  ['TLS', dissectTls(dissectLengthPrefixed, SECRETS), IN_TLS],
  ['TLS without keys', dissectOpaqueTls, IN_TLS],
  ['MQTT 3.1', dissectMqtt31, MQTT_31],
  ['DTLS', dissectDtls(dissectCoap, SECRETS), DTLS_CONVERSATION],
])('%s', (_, dissector, conversation) => {
  it('has the same frames under both policies where it is clean', () => {
    const { frames, gaps } = dissect(dissector, conversation)
    expect(dissectLeniently(dissector, conversation)).toMatchObject({ frames, gaps, remarks: [] })
    expect(gaps).toEqual([])
  })

  it.each(['up', 'down'] as const)('fails by one stray byte %s', (direction) => {
    expect(dissect(dissector, conversation).gaps).toEqual([])
    expect(dissect(dissector, withStrayByte(conversation, direction)).gaps).not.toEqual([])
  })
})
