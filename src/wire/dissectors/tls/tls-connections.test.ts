import type { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Conversation,
  type Dissection,
  dissect,
  findTilingFault,
  hex,
} from '../../../../test/support/dissection.ts'
import { cuts, mutate, mutation, split } from '../../../../test/support/distortion.ts'
import {
  createTlsServer,
  type RecordedTls,
  recordTls,
  type TlsServer,
} from '../../../../test/support/tls-conversation.ts'
import type { DissectorFactory, Frame } from '../../../model/wire/frame.ts'
import { roundTripsOf } from '../../account/round-trips.ts'
import { dissectLengthPrefixed } from '../length-prefixed.ts'
import { dissectMqtt311 } from '../mqtt/mqtt311.ts'
import { TlsSecrets } from './keys/tls-secrets.ts'
import { dissectTls } from './tls.ts'

/** Connections as Node's own TLS makes them, between two sockets in memory. */

const CONNECT = hex('10 0d 0004 4d515454 04 02 003c 0001 61')
const PUBLISH = hex('30 1c 000c 73656e736f72732f74656d70 7b202274656d70223a203235207d')

async function talkMqtt(client: TLSSocket, peer: TLSSocket): Promise<void> {
  await tell(client, peer, CONNECT)
  await tell(peer, client, hex('20020000'))
  for (let sent = 0; sent < 3; sent += 1) await tell(client, peer, PUBLISH)
  await tell(client, peer, hex('e000'))
}

/** Resolves when the last byte has arrived. */
function tell(from: TLSSocket, to: TLSSocket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    let missing = bytes.length
    const fail = (): void => reject(new Error(`closed with ${missing} bytes missing`))
    const take = (chunk: Buffer): void => {
      missing -= chunk.length
      if (missing > 0) return
      to.off('data', take)
      to.off('close', fail)
      resolve()
    }
    to.on('data', take)
    to.on('close', fail)
    from.write(bytes)
  })
}

/** Length-prefixed messages of these sizes in one write, and their echo in another. */
const talkInOneWrite =
  (sizes: readonly number[]) =>
  async (client: TLSSocket, peer: TLSSocket): Promise<void> => {
    const messages = sizes.map((size) => {
      const message = Buffer.alloc(4 + size, 0x2e)
      message.writeUInt32BE(size)
      return message
    })
    await tell(client, peer, Buffer.concat(messages))
    await tell(peer, client, Buffer.concat(messages))
  }

function tlsOver(inner: DissectorFactory, keyLog: readonly string[]): DissectorFactory {
  const secrets = new TlsSecrets()
  for (const line of keyLog) secrets.learn(line)
  return dissectTls(inner, secrets)
}

function dissectWhole(inner: DissectorFactory, { conversation, keyLog }: RecordedTls): Dissection {
  const found = dissect(tlsOver(inner, keyLog), conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found
}

/** Records of one content type in a direction, read off their headers alone. */
function countRecords(conversation: Conversation, direction: 'up' | 'down', type: number): number {
  const stream = Buffer.concat(
    conversation.filter(([from]) => from === direction).map(([, bytes]) => bytes),
  )
  let count = 0
  for (let at = 0; at < stream.length; at += 5 + stream.readUInt16BE(at + 3)) {
    if (stream[at] === type) count += 1
  }
  return count
}

const securityBytes = (frames: readonly Frame[]): number =>
  frames
    .flatMap(({ parts }) => parts)
    .filter(({ layer }) => layer === 'security')
    .reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)

const labels = ({ frames }: Dissection): string[] => frames.map(({ label }) => label)

let server: TlsServer
beforeAll(async () => {
  server = await createTlsServer()
})

const SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
const FULL = ['EncryptedExtensions', 'Certificate', 'CertificateVerify', 'Finished']
const RESUMED = ['EncryptedExtensions', 'Finished']
const MQTT = ['CONNECT', 'CONNACK', 'PUBLISH', 'PUBLISH', 'PUBLISH', 'DISCONNECT']

describe.each(SUITES)('%s', (ciphers) => {
  it.each(['full', 'resumed'])('a %s handshake, then messages of 22 bytes more', async (kind) => {
    const first = await recordTls(server, talkMqtt, { ciphers })
    const recorded =
      kind === 'full'
        ? first
        : await recordTls(server, talkMqtt, { ciphers, session: first.session ?? Buffer.alloc(0) })
    expect(recorded.isResumed).toBe(kind === 'resumed')
    expect(recorded.cipherSuite).toBe(ciphers)
    const found = dissectWhole(dissectMqtt311, recorded)
    expect(labels(found)).toEqual([
      'ClientHello',
      'ServerHello',
      'change_cipher_spec',
      ...(kind === 'full' ? FULL : RESUMED),
      'change_cipher_spec',
      'Finished',
      ...(kind === 'full' ? ['NewSessionTicket', 'NewSessionTicket'] : []),
      ...MQTT,
      'close_notify',
      'close_notify',
    ])
    const publish = found.frames.filter(({ label }) => label === 'PUBLISH')
    expect(publish.map(({ lengthBytes }) => lengthBytes)).toEqual([52, 52, 52])
    expect(securityBytes(publish)).toBe(3 * 22)
    expect(found.frames.filter((frame) => roundTripsOf(frame) === 1)).toHaveLength(2)
  })

  it('is read the same however the bytes are split, and when the keys come late', async () => {
    const recorded = await recordTls(server, talkMqtt, { ciphers })
    const { conversation, keyLog } = recorded
    const whole = dissectWhole(dissectMqtt311, recorded)
    const factory = tlsOver(dissectMqtt311, keyLog)
    expect(dissect(factory, split(conversation, [1]))).toEqual(whole)
    fc.assert(
      fc.property(cuts, (lengths) => {
        expect(dissect(factory, split(conversation, lengths))).toEqual(whole)
      }),
      { numRuns: 20 },
    )
    const anyOrder = fc.shuffledSubarray(keyLog, { minLength: keyLog.length })
    fc.assert(
      fc.property(anyOrder, fc.array(fc.nat()), (lines, places) => {
        expect(dissectLate(recorded, lines, places)).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })

  it('never throws on damaged bytes, and leaves none out', async () => {
    const { conversation, keyLog } = await recordTls(server, talkMqtt, { ciphers })
    const factory = tlsOver(dissectMqtt311, keyLog)
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), cuts, (damage, lengths) => {
        const damaged = damage.reduce(mutate, conversation)
        const found = dissect(factory, damaged)
        expect(findTilingFault(found, damaged)).toBeNull()
        expect(dissect(factory, split(damaged, lengths))).toEqual(found)
      }),
      { numRuns: 200 },
    )
  })

  it('never throws where the connection ends anywhere', async () => {
    const { conversation, keyLog } = await recordTls(server, talkMqtt, { ciphers })
    const factory = tlsOver(dissectMqtt311, keyLog)
    const bytewise = split(conversation, [7])
    for (let kept = 0; kept < bytewise.length; kept += 1) {
      const cut = bytewise.slice(0, kept)
      expect(findTilingFault(dissect(factory, cut), cut)).toBeNull()
    }
  })
})

/** Each line of the key log is learnt after as many utterances as its number says, at the end at latest. */
function dissectLate(
  { conversation }: RecordedTls,
  keyLog: readonly string[],
  places: readonly number[],
): Dissection {
  const secrets = new TlsSecrets()
  const found: Dissection = { frames: [], gaps: [] }
  const dissector = dissectTls(
    dissectMqtt311,
    secrets,
  )({ frame: (frame) => found.frames.push(frame), unexplained: (gap) => found.gaps.push(gap) })
  const placeOf = (index: number): number => (places[index] ?? 0) % (conversation.length + 1)
  for (const [said, [direction, bytes]] of conversation.entries()) {
    for (const [index, line] of keyLog.entries()) if (placeOf(index) === said) secrets.learn(line)
    dissector.feed(direction, bytes)
  }
  for (const [index, line] of keyLog.entries()) {
    if (placeOf(index) === conversation.length) secrets.learn(line)
  }
  dissector.end()
  return found
}

describe('messages and records', () => {
  it('a message of 1 MiB is one frame over all its records', async () => {
    const size = 2 ** 20
    const recorded = await recordTls(server, talkInOneWrite([size]))
    const found = dissectWhole(dissectLengthPrefixed, recorded)
    const [message] = found.frames.filter(({ label }) => label === 'message')
    // All of the client's protected records but Finished and close_notify.
    const records = countRecords(recorded.conversation, 'up', 23) - 2
    expect(records).toBeGreaterThan(64)
    expect(message?.lengthBytes).toBe(4 + size + records * 22)
    expect(securityBytes(message === undefined ? [] : [message])).toBe(records * 22)
  })

  it('several messages share a record, and one begins in the record of another', async () => {
    const recorded = await recordTls(server, talkInOneWrite([10, 0, 16_384, 20, 30_000]))
    const found = dissectWhole(dissectLengthPrefixed, recorded)
    const messages = found.frames.filter(({ label }) => label === 'message')
    expect(messages.map((frame) => frame.parts.some(({ layer }) => layer === 'payload'))).toEqual(
      Array.from({ length: 5 }, () => true),
    )
    const records = countRecords(recorded.conversation, 'up', 23) - 2
    expect(records).toBeLessThan(5)
    expect(securityBytes(messages)).toBe(records * 22)
  })

  it('a server that wants another key share is asked twice', async () => {
    const choosy = await createTlsServer({ ecdhCurve: 'P-256' })
    const found = dissectWhole(dissectMqtt311, await recordTls(choosy, talkMqtt))
    expect(labels(found).slice(0, 5)).toEqual([
      'ClientHello',
      'HelloRetryRequest',
      'change_cipher_spec',
      'change_cipher_spec',
      'ClientHello',
    ])
    // HelloRetryRequest, ServerHello, CONNACK.
    expect(found.frames.filter((frame) => roundTripsOf(frame) === 1)).toHaveLength(3)
  })

  it('connections that share the secrets find each their own', async () => {
    const secrets = new TlsSecrets()
    const recordings = [
      await recordTls(server, talkMqtt),
      await recordTls(server, talkMqtt, { ciphers: SUITES[2] ?? '' }),
    ]
    for (const line of recordings.flatMap(({ keyLog }) => keyLog)) secrets.learn(line)
    for (const { conversation } of recordings) {
      const found = dissect(dissectTls(dissectMqtt311, secrets), conversation)
      expect(found.gaps).toEqual([])
      expect(labels(found).filter((label) => MQTT.includes(label))).toEqual(MQTT)
    }
  })
})
