import { describe, expect, it } from 'vitest'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { measureHere } from './support/byte-pass.ts'
import { hasTool } from './support/command.ts'

/*
 * Bytes that the specifications give, added up by hand, against those that
 * crossed the wire. Topic `sensors/temp` (12), client id `sensor-0001` (11),
 * payload 14.
 */

const MESSAGES = 3
const scenario = scenarioSchema.parse({
  name: 'arithmetic',
  title: 'arithmetic',
  messages: MESSAGES,
  payload: { text: '{ "temp": 25 }' },
})

interface Cost {
  setup: number
  steady: number
  close: number
}

/** Wire bytes by phase of so many messages. */
async function costOf(transport: string, options: Record<string, unknown> = {}): Promise<Cost> {
  const { bytes, failure } = await measureHere(transport, scenario, options)
  expect(failure).toBeNull()
  const of = (phase: keyof Cost): number => sumLedger(bytes?.ledger ?? [], { phase })
  return { setup: of('setup'), steady: of('steady'), close: of('close') }
}

/** TLS 1.3 (RFC 8446 §5.2): header 5, content type 1, tag 16; an alert is 2 bytes. */
const RECORD = 22
const CLOSE_NOTIFY = 2 + RECORD

/** MQTT 5 over MQTT 3.1.1: Property Length in CONNECT (§3.1.2.11.1) and CONNACK, Topic Alias Maximum 3 there. */
const MORE_SETUP = 1 + 1 + 3
/** Fixed header 2, topic 2 + 12, packet id 2, Property Length 1 (§3.3). */
const PUBLISH = 2 + 2 + 12 + 2 + 1 + 14
const PUBACK = 4
/** Fixed header 2, Reason Code and Property Length, which MQTT.js writes (§3.14.2). */
const DISCONNECT = 4
/** RFC 6455 §5.2: of a client, which masks, and of a server. */
const [FROM_CLIENT, FROM_SERVER] = [6, 2]

describe.skipIf(!hasTool('mosquitto'))('MQTT 5', () => {
  it('over TLS, on one connection', async () => {
    const older = await costOf('mqtts-qos1', { broker: 'mosquitto' })
    const close = DISCONNECT + RECORD + 2 * CLOSE_NOTIFY
    const setup = older.setup + MORE_SETUP
    expect(await costOf('mqtts5-qos0')).toEqual({
      ...{ setup, close },
      steady: MESSAGES * (PUBLISH - 2 + RECORD),
    })
    expect(await costOf('mqtts5-qos1')).toEqual({
      ...{ setup, close },
      steady: MESSAGES * (PUBLISH + PUBACK + 2 * RECORD),
    })
    expect(await costOf('mqtts5-qos2')).toEqual({
      ...{ setup, close },
      steady: MESSAGES * (PUBLISH + 3 * PUBACK + 4 * RECORD),
    })
  })

  it.each([
    ['mqtts5-close', 'mqtts-close'],
    ['mqtts5-resumed', 'mqtts-resumed'],
  ])('over TLS, a connection a message: %s', async (id, olderId) => {
    const older = await costOf(olderId)
    expect(await costOf(id)).toEqual({
      setup: older.setup + MESSAGES * MORE_SETUP,
      steady: MESSAGES * (PUBLISH + PUBACK + 2 * RECORD),
      close: MESSAGES * (DISCONNECT + RECORD + 2 * CLOSE_NOTIFY),
    })
  })

  it.each([
    ['mqtt5-ws-qos1', 'mqtt-ws-qos1', 0, 0],
    ['mqtt5-wss-qos1', 'mqtt-wss-qos1', RECORD, 2 * CLOSE_NOTIFY],
  ])('over WebSocket: %s', async (id, olderId, record, goodbye) => {
    const older = await costOf(olderId)
    expect(await costOf(id)).toEqual({
      setup: older.setup + MORE_SETUP,
      steady: MESSAGES * (FROM_CLIENT + PUBLISH + record + FROM_SERVER + PUBACK + record),
      close:
        FROM_CLIENT + DISCONNECT + record + FROM_CLIENT + record + FROM_SERVER + record + goodbye,
    })
  })
})

describe('several messages on a resumed connection', () => {
  it.each([
    ['mqtts-wake', 'mqtts-resumed', 'mqtts-qos1'],
    ['https1-wake', 'https1-resumed', 'https1'],
  ])('%s: as many as are asked for, and at the end the rest', async (id, resumed, kept) => {
    const [own, one] = [await costOf(resumed), await costOf(kept)]
    // Three messages, two on the first connection: two set-ups and goodbyes.
    expect(await costOf(id, { 'per-wake': 2 })).toEqual({
      setup: (2 / MESSAGES) * own.setup,
      steady: one.steady,
      close: (2 / MESSAGES) * own.close,
    })
  })
})

/** RFC 6347 §4.1: a record's header; §4.2.2: a message's. */
const [DTLS_RECORD, DTLS_HANDSHAKE] = [13, 12]
/** AES_128_CCM_8 (RFC 6655 §3, §4): the nonce that is sent, and the tag. */
const SEALED = 8 + 8
const dtlsMessage = (body: number): number => DTLS_RECORD + DTLS_HANDSHAKE + body
/** Type and length of an extension (RFC 5246 §7.4.1.4), and what it holds. */
const extensions = (...bytes: number[]): number =>
  2 + bytes.reduce((sum, length) => sum + 4 + length, 0)

describe.skipIf(!hasTool('coap-server-gnutls'))('CoAP over DTLS', () => {
  it('with a pre-shared key, a connection a message', async () => {
    // Version, random, no session id, one suite, one compression method; algorithms of
    // signatures, encrypt_then_mac, extended_master_secret, session_ticket,
    // renegotiation_info, server_name of 127.0.0.1, record_size_limit.
    const hello = 2 + 32 + 1 + 2 + 2 + 2 + extensions(34, 0, 0, 0, 1, 2 + 1 + 2 + 9, 2)
    const cookie = 16
    const changeCipherSpec = DTLS_RECORD + 1
    const finished = dtlsMessage(12) + SEALED
    const setup =
      // ClientHello, HelloVerifyRequest, ClientHello again with what that asks for.
      dtlsMessage(hello + 1) +
      dtlsMessage(2 + 1 + cookie) +
      dtlsMessage(hello + 1 + cookie) +
      // ServerHello with a session id of 32, the hint `CoAP`, ServerHelloDone, the identity.
      dtlsMessage(2 + 32 + 33 + 2 + 1 + extensions(0, 1, 2)) +
      dtlsMessage(2 + 4) +
      dtlsMessage(0) +
      dtlsMessage(2 + 11) +
      2 * (changeCipherSpec + finished)
    // Header, token of one byte, Uri-Path twice, Content-Format 0 of no bytes, marker, payload.
    const put = 4 + 1 + (1 + 7) + (1 + 4) + 1 + 1 + 14
    const changed = 4 + 1
    expect(await costOf('coaps-close')).toEqual({
      setup: MESSAGES * setup,
      steady: MESSAGES * (put + changed + 2 * (DTLS_RECORD + SEALED)),
      close: MESSAGES * 2 * (DTLS_RECORD + SEALED + 2),
    })
  })
})
