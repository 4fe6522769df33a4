import { createSecureContext, type TLSSocket } from 'node:tls'
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
import { dissectMqtt311 } from '../mqtt/mqtt311.ts'
import { TlsSecrets } from './keys/tls-secrets.ts'
import { dissectTls } from './tls.ts'
import { expandSecret } from './tls12-records.ts'

/** Connections of TLS 1.2 as Node makes them, between two sockets in memory. */

const CONNECT = hex('10 0d 0004 4d515454 04 02 003c 0001 61')
const MQTT = ['CONNECT', 'CONNACK', 'DISCONNECT']

async function talk(client: TLSSocket, peer: TLSSocket): Promise<void> {
  for (const [from, to, bytes] of [
    [client, peer, CONNECT],
    [peer, client, hex('20020000')],
    [client, peer, hex('e000')],
  ] as const) {
    const arrived = new Promise((resolve) => to.once('data', resolve))
    from.write(bytes)
    await arrived
  }
}

/** RFC 5246: header, explicit nonce, tag. */
const OVERHEAD = { gcm: 5 + 8 + 16, ccm8: 5 + 8 + 8, chacha: 5 + 16 }
const ECDHE = 'ECDHE-ECDSA-'
const PSK_KEY = Buffer.alloc(16, 7)
const psk = {
  pskCallback: (): never => ({ psk: PSK_KEY, identity: 'sensor-0001' }) as never,
  checkServerIdentity: () => undefined,
}
const peerPsk = { pskCallback: () => PSK_KEY }

let certified: TlsServer
beforeAll(async () => {
  certified = await createTlsServer()
})

function record(suite: string, session: Buffer | null = null): Promise<RecordedTls> {
  const ciphers = suite.includes('CCM8') ? `${suite}:@SECLEVEL=0` : suite
  const isShared = suite.startsWith('PSK')
  const server = isShared
    ? { ...certified, context: createSecureContext({ ciphers, maxVersion: 'TLSv1.2' }) }
    : certified
  const options = {
    ...{ maxVersion: 'TLSv1.2' as const, ciphers },
    ...(isShared && psk),
    ...(session !== null && { session }),
  }
  return recordTls(server, talk, options, isShared ? (peerPsk as object) : {})
}

function read({ keyLog }: Pick<RecordedTls, 'keyLog'>, conversation: Conversation): Dissection {
  const secrets = new TlsSecrets()
  for (const line of keyLog) secrets.learn(line)
  return dissect(dissectTls(dissectMqtt311, secrets), conversation)
}

const labels = ({ frames }: Dissection, direction: string): string[] =>
  frames.filter((frame) => frame.direction === direction).flatMap(({ label }) => label.split(', '))

describe('TLS 1.2', () => {
  it.each([
    [`${ECDHE}AES128-GCM-SHA256`, OVERHEAD.gcm],
    [`${ECDHE}AES256-GCM-SHA384`, OVERHEAD.gcm],
    [`${ECDHE}CHACHA20-POLY1305`, OVERHEAD.chacha],
    ['PSK-AES128-GCM-SHA256', OVERHEAD.gcm],
    ['PSK-AES128-CCM8', OVERHEAD.ccm8],
  ])('is read with %s, each byte of it', async (suite, overhead) => {
    const recorded = await record(suite)
    expect(recorded.cipherSuite).toBe(suite)
    const found = read(recorded, recorded.conversation)
    expect(found.gaps).toEqual([])
    expect(findTilingFault(found, recorded.conversation)).toBeNull()
    const isShared = suite.startsWith('PSK')
    expect(labels(found, 'down')).toEqual([
      'ServerHello',
      ...(isShared ? [] : ['Certificate', 'ServerKeyExchange']),
      'ServerHelloDone',
      'NewSessionTicket',
      'change_cipher_spec',
      'Finished',
      'CONNACK',
      'close_notify',
    ])
    expect(labels(found, 'up')).toEqual([
      'ClientHello',
      'ClientKeyExchange',
      'change_cipher_spec',
      'Finished',
      'CONNECT',
      'DISCONNECT',
      'close_notify',
    ])
    for (const { parts } of found.frames.filter(({ label }) => MQTT.includes(label))) {
      const security = parts.filter(({ layer }) => layer === 'security')
      expect(security.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)).toBe(overhead)
    }
  })

  it('is read where a session is resumed', async () => {
    const suite = `${ECDHE}AES128-GCM-SHA256`
    const { session } = await record(suite)
    const recorded = await record(suite, session)
    expect(recorded.isResumed).toBe(true)
    const found = read(recorded, recorded.conversation)
    expect(found.gaps).toEqual([])
    expect(labels(found, 'down')).not.toContain('Certificate')
    expect(found.frames.map(({ label }) => label).filter((each) => MQTT.includes(each))).toEqual(
      MQTT,
    )
  })

  it('names group, signature, version, suite and certificate', async () => {
    const recorded = await record(`${ECDHE}AES128-GCM-SHA256`)
    const { frames } = read(recorded, recorded.conversation)
    const texts = frames.flatMap(({ parts }) => parts).map(({ label, text }) => `${label}: ${text}`)
    expect(texts).toContain('named_curve: X25519')
    expect(texts).toContain('algorithm: ed25519')
    expect(texts).toContain('legacy_version: TLS 1.2')
    expect(texts).toContain('cipher_suite: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')
    expect(texts.some((text) => /^certificate: \d+$/.test(text))).toBe(true)
  })

  it('says which secret is missing, and counts what it cannot read', async () => {
    const recorded = await record(`${ECDHE}AES128-GCM-SHA256`)
    const found = read({ ...recorded, keyLog: [] }, recorded.conversation)
    expect(found.gaps.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^the secret CLIENT_RANDOM of this connection is not known/),
      expect.stringMatching(/^the secret CLIENT_RANDOM of this connection is not known/),
    ])
    expect(findTilingFault(found, recorded.conversation)).toBeNull()
  })

  it('has the same frames wherever it is split, and leaves out nothing where it is damaged', async () => {
    const recorded = await record(`${ECDHE}AES128-GCM-SHA256`)
    const whole = read(recorded, recorded.conversation)
    fc.assert(
      fc.property(cuts, mutation, (lengths, change) => {
        expect(read(recorded, split(recorded.conversation, lengths))).toEqual(whole)
        const damaged = mutate(recorded.conversation, change)
        expect(findTilingFault(read(recorded, damaged), damaged)).toBeNull()
      }),
      { numRuns: 100 },
    )
  })
})

describe('the pseudorandom function of TLS 1.2', () => {
  it('gives the vector that its working group published for P_SHA256', () => {
    // mailarchive.ietf.org/arch/msg/tls/fzVCzk-z3FShgGJ6DOXqM1ydxms: label and seed are one to it.
    const secret = hex('9bbe436ba940f017b17652849a71db35')
    const seed = Buffer.concat([Buffer.from('test label'), hex('a0ba9f936cda311827a6f796ffd5198c')])
    expect(expandSecret('sha256', secret, seed, 100).toString('hex')).toBe(
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a' +
        '6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab' +
        '4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701' +
        '87347b66',
    )
  })
})
