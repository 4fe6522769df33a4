import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import { CONTENT_TYPE, closeNotify, keyLog, shakeHands } from '../../../test/support/tls-records.ts'
import { InstrumentError } from '../../model/errors.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { ByteAccount } from './byte-account.ts'

const MESSAGE = hex('00000003 616263')
const REQUEST = up('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi')
const RESPONSE = down('HTTP/1.1 204 No Content\r\n\r\n')

function record(account: ByteAccount, conversation: Conversation): ByteTotals {
  const totals = { up: 0, down: 0 }
  const tap = account.openTap()
  for (const [direction, bytes] of conversation) {
    totals[direction] += bytes.length
    tap.bytes(direction, bytes)
  }
  tap.end()
  return totals
}

function settleError(account: ByteAccount, totals: ByteTotals): InstrumentError {
  try {
    account.settle(totals)
  } catch (error) {
    if (error instanceof InstrumentError) return error
  }
  throw new Error('the account was settled')
}

describe('an account', () => {
  it('gives the ledger of all connections, which sums to what the relay passed on', () => {
    const account = new ByteAccount({ protocol: 'length-prefixed', secure: false })
    record(account, [up(MESSAGE), down(MESSAGE)])
    record(account, [up(MESSAGE), down(MESSAGE), up(MESSAGE), down(MESSAGE)])
    const { ledger, totals } = account.settle({ up: 21, down: 21 })
    expect(totals).toEqual({ up: 21, down: 21 })
    const entry = { phase: 'steady', basis: 'measured' }
    expect(ledger).toEqual([
      { ...entry, direction: 'up', layer: 'payload', bytes: 9 },
      { ...entry, direction: 'up', layer: 'framing', bytes: 12 },
      { ...entry, direction: 'down', layer: 'acknowledgement', bytes: 21 },
    ])
    expect([account.messages, account.payloadBytes]).toEqual([3, 9])
  })

  it('keeps the first message and its answer to read', () => {
    const account = new ByteAccount({ protocol: 'http/1.1', secure: false })
    const totals = record(account, [REQUEST, RESPONSE, REQUEST, RESPONSE, REQUEST, RESPONSE])
    const { exchange } = account.settle(totals)
    expect(exchange.map((frame) => frame.label)).toEqual(['request', 'response'])
    expect(account.messages).toBe(3)
    expect(account.unexplained()).toBeNull()
  })

  it('keeps the first message of a device that only receives', () => {
    const account = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: false })
    const delivery = (id: number): Conversation => [
      down(hex(`3206 0001 61 000${id} ff`)),
      up(hex(`4002000${id}`)),
    ]
    const totals = record(account, [
      up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
      down(hex('20020000')),
      up(hex('8206 0001 0001 61 01')),
      down(hex('9003 0001 01')),
      ...delivery(1),
      ...delivery(2),
      ...delivery(3),
      up(hex('e000')),
    ])
    const { exchange } = account.settle(totals)
    expect(exchange.map((frame) => frame.label)).toEqual([
      'CONNECT',
      'CONNACK',
      'SUBSCRIBE',
      'SUBACK',
      'PUBLISH',
      'PUBACK',
      'DISCONNECT',
    ])
    expect(account.messages).toBe(3)
  })

  it('keeps set-up, idle and close beside the first message with all its acknowledgements', () => {
    const account = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: false })
    const publish = (id: number) => up(hex(`3406 0001 61 000${id} ff`))
    const quartet = (id: number): Conversation => [
      publish(id),
      down(hex(`5002000${id}`)),
      up(hex(`6202000${id}`)),
      down(hex(`7002000${id}`)),
    ]
    const totals = record(account, [
      up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
      down(hex('20020000')),
      ...quartet(1),
      ...quartet(2),
      up(hex('c000')),
      down(hex('d000')),
      up(hex('e000')),
    ])
    const { exchange } = account.settle(totals)
    expect(exchange.map((frame) => frame.label)).toEqual([
      'CONNECT',
      'CONNACK',
      'PUBLISH',
      'PUBREC',
      'PUBREL',
      'PUBCOMP',
      'PINGREQ',
      'PINGRESP',
      'DISCONNECT',
    ])
    expect([account.messages, account.payloadBytes]).toEqual([2, 2])
  })

  it('counts the round trips of set-up and of each message, however packets share a segment', () => {
    const bytes = (...parts: string[]) => hex(parts.join(' '))
    const connect = '10 0d 0004 4d515454 04 02 003c 0001 61'
    const asSent: Conversation = [
      up(hex(connect)),
      down(hex('20020000')),
      up(hex('3406 0001 61 0001 ff')),
      down(hex('50020001')),
      up(hex('62020001')),
      down(hex('70020001')),
      up(hex('3406 0001 61 0002 ff')),
      down(hex('50020002')),
      up(hex('62020002')),
      down(hex('70020002')),
      up(hex('c000')),
      down(hex('d000')),
      up(hex('e000')),
    ]
    const coalesced: Conversation = [
      ...asSent.slice(0, 5),
      down(bytes('70020001')),
      up(bytes('3406 0001 61 0002 ff')),
      down(bytes('50020002')),
      up(bytes('62020002', 'c000')),
      down(bytes('70020002', 'd000')),
      up(hex('e000')),
    ]
    for (const conversation of [asSent, coalesced]) {
      const account = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: false })
      const { roundTrips, firstMessage } = account.settle(record(account, conversation))
      expect(roundTrips).toEqual({
        setup: 1,
        steady: 4,
        steadyPerMessage: 2,
        idle: 1,
        close: 0,
        connections: 1,
        tcp: { roundTrips: 1, basis: 'derived' },
      })
      // CONNECT 15, CONNACK 4, PUBLISH 8, its three acknowledgements 12, DISCONNECT 2.
      expect(firstMessage).toEqual({ connection: 'kept', wireBytes: 41, roundTrips: 4 })
    }
  })

  it('sees a protocol under TLS with 22 bytes more a record, and one round trip more in set-up', () => {
    const account = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: true })
    for (const line of keyLog()) account.learnSecret(line)
    const { said, client, server } = shakeHands()
    const totals = record(account, [
      ...said,
      up(client.seal(CONTENT_TYPE.data, hex('10 0d 0004 4d515454 04 02 003c 0001 61'))),
      down(server.seal(CONTENT_TYPE.data, hex('20020000'))),
      up(client.seal(CONTENT_TYPE.data, hex('3004 0001 61 ff'))),
      up(client.seal(CONTENT_TYPE.alert, closeNotify())),
    ])
    const { ledger, roundTrips } = account.settle(totals)
    expect(roundTrips).toMatchObject({ setup: 2, steady: 0, close: 0 })
    const steady = ledger.filter(({ phase }) => phase === 'steady')
    expect(steady.map(({ layer, bytes }) => [layer, bytes])).toEqual([
      ['payload', 1],
      ['framing', 5],
      ['security', 22],
    ])
    expect([account.messages, account.payloadBytes]).toEqual([1, 1])
  })

  it('counts one round trip a request, and none for a QoS 0 PUBLISH', () => {
    const http = new ByteAccount({ protocol: 'http/1.1', secure: false })
    const ofHttp = http.settle(record(http, [REQUEST, RESPONSE, REQUEST, RESPONSE]))
    expect(ofHttp.roundTrips).toMatchObject({ setup: 0, steady: 2, steadyPerMessage: 1 })
    const mqtt = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: false })
    const publish = up(hex('3004 0001 61 ff'))
    const connect = up(hex('10 0d 0004 4d515454 04 02 003c 0001 61'))
    const ofMqtt = mqtt.settle(record(mqtt, [connect, down(hex('20020000')), publish, publish]))
    expect(ofMqtt.roundTrips).toMatchObject({ setup: 1, steady: 0, steadyPerMessage: 0 })
  })

  it('sees that each message has a connection of its own', () => {
    const account = new ByteAccount({ protocol: 'http/1.1', secure: false })
    const totals = { up: 0, down: 0 }
    for (let n = 0; n < 3; n += 1) {
      const of = record(account, [REQUEST, RESPONSE])
      totals.up += of.up
      totals.down += of.down
    }
    const { roundTrips, firstMessage } = account.settle(totals)
    expect(roundTrips).toMatchObject({ connections: 3, tcp: { roundTrips: 3, basis: 'derived' } })
    expect(firstMessage).toEqual({
      connection: 'own',
      wireBytes: (totals.up + totals.down) / 3,
      roundTrips: 2,
    })
  })

  it('keeps the frames of one connection where all open and close alike', () => {
    const account = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: false })
    const totals = { up: 0, down: 0 }
    for (let n = 0; n < 3; n += 1) {
      const of = record(account, [
        up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
        down(hex('20020000')),
        up(hex('3004 0001 61 ff')),
        up(hex('e000')),
      ])
      totals.up += of.up
      totals.down += of.down
    }
    const { exchange } = account.settle(totals)
    expect(exchange.map(({ label }) => label)).toEqual([
      'CONNECT',
      'CONNACK',
      'PUBLISH',
      'DISCONNECT',
    ])
  })

  it('takes a command with the state that answers it as one message, in a roundtrip', () => {
    const account = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: false }, 'roundtrip')
    const totals = record(account, [
      up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
      down(hex('20020000')),
      up(hex('8206 0001 0001 61 01')),
      down(hex('90030001 01')),
      ...[1, 2, 3].flatMap(
        (id): Conversation => [
          down(hex(`3206 0001 61 000${id} ff`)),
          up(hex(`3206 0001 62 000${id} ff`)),
          up(hex(`4002000${id}`)),
          down(hex(`4002000${id}`)),
        ],
      ),
    ])
    expect(account.idle.wireBytes).toBe(0)
    const { exchange, roundTrips, firstMessage } = account.settle(totals)
    expect([account.messages, account.payloadBytes]).toEqual([3, 6])
    expect(exchange.map(({ direction, label }) => `${direction} ${label}`)).toEqual([
      ...['up CONNECT', 'down CONNACK', 'up SUBSCRIBE', 'down SUBACK'],
      ...['down PUBLISH', 'up PUBLISH', 'up PUBACK', 'down PUBACK'],
    ])
    expect(roundTrips).toMatchObject({ setup: 2, steady: 3, steadyPerMessage: 1 })
    // CONNECT 15, CONNACK 4, SUBSCRIBE 8, SUBACK 5, two PUBLISH of 8, two PUBACK of 4.
    expect(firstMessage).toEqual({ connection: 'kept', wireBytes: 56, roundTrips: 4 })
  })

  it('takes a GET to the message that it fetches, in a roundtrip', () => {
    const account = new ByteAccount({ protocol: 'http/1.1', secure: false }, 'roundtrip')
    const get = up('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
    const fetched = down('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n24')
    const command: Conversation = [get, fetched, REQUEST, RESPONSE]
    const totals = record(account, [...command, ...command, ...command, get, RESPONSE])
    expect(account.idle.wireBytes).toBe(27 + 27)
    const { exchange, firstMessage } = account.settle(totals)
    const labels = ['request', 'response', 'request', 'response']
    expect(exchange.map(({ label }) => label)).toEqual([...labels, 'request', 'response'])
    expect([account.messages, account.payloadBytes]).toEqual([3, 12])
    expect(firstMessage).toEqual({
      connection: 'kept',
      wireBytes: command.reduce((sum, [, bytes]) => sum + bytes.length, 0),
      roundTrips: 3,
    })
  })

  describe('of HTTP/2, where a message takes several frames', () => {
    const opening: Conversation = [
      up('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      up(hex('000000 04 00 00000000')),
      down(hex('000000 04 00 00000000 000000 04 01 00000000')),
    ]
    const headers = (stream: string, flags: string) =>
      up(hex(`000006 01 ${flags} 000000${stream} 838684 41 01 68`))
    const data = (stream: string, flags: string) =>
      up(hex(`000002 00 ${flags} 000000${stream} 6869`))
    const answer = (stream: string) => down(hex(`000001 01 05 000000${stream} 89`))

    it('counts each message once, in however many frames it comes, and be it empty', () => {
      const account = new ByteAccount({ protocol: 'http/2', secure: false })
      const totals = record(account, [
        ...opening,
        ...[headers('01', '04'), data('01', '00'), data('01', '01'), answer('01')],
        ...[headers('03', '05'), answer('03')],
      ])
      account.settle(totals)
      expect([account.messages, account.payloadBytes]).toEqual([2, 4])
    })

    it('takes the HEADERS of the second message for no part of the first', () => {
      // Its frames are as large as those of the first: they are not shown.
      const account = new ByteAccount({ protocol: 'http/2', secure: false })
      const message = (stream: string) => [
        headers(stream, '04'),
        data(stream, '01'),
        answer(stream),
      ]
      const totals = record(account, [...opening, ...message('01'), ...message('03')])
      const { exchange, firstMessage, roundTrips } = account.settle(totals)
      expect(exchange.map(({ label }) => label)).toEqual([
        'connection preface',
        'SETTINGS',
        'SETTINGS',
        'SETTINGS ACK',
        'HEADERS',
        'DATA',
        'response HEADERS',
      ])
      // Preface 24, SETTINGS 9 + 9 + 9; HEADERS 15, DATA 11, response HEADERS 10.
      expect(firstMessage).toEqual({ connection: 'kept', wireBytes: 87, roundTrips: 2 })
      expect(roundTrips).toMatchObject({ setup: 0, steady: 2, steadyPerMessage: 1 })
    })
  })

  it('keeps the second message too where its frames are of other sizes', () => {
    const account = new ByteAccount({ protocol: 'mqtt/5.0', secure: false })
    const totals = record(account, [
      up(hex('10 0e 0004 4d515454 05 02 003c 00 0001 61')),
      down(hex('20 06 00 00 03 220001')),
      up(hex('30 08 0001 61 03 230001 ff')),
      ...Array.from({ length: 3 }, () => up(hex('30 07 0000 03 230001 ff'))),
      up(hex('e000')),
    ])
    const { exchange } = account.settle(totals)
    expect(exchange.map(({ label, lengthBytes }) => `${label} ${lengthBytes}`)).toEqual([
      'CONNECT 16',
      'CONNACK 8',
      'PUBLISH 10',
      'PUBLISH 9',
      'DISCONNECT 2',
    ])
  })

  it('keeps a readable number of frames, however many there are', () => {
    const account = new ByteAccount({ protocol: 'mqtt/3.1.1', secure: false })
    const pings: Conversation = Array.from({ length: 200 }, () => up(hex('c000')))
    const connect = up(hex('10 0d 0004 4d515454 04 02 003c 0001 61'))
    const totals = record(account, [connect, down(hex('20020000')), ...pings])
    expect(account.settle(totals).exchange).toHaveLength(64)
  })

  it('cannot be settled with a byte that nothing explains: direction, offset and reason', () => {
    const account = new ByteAccount({ protocol: 'http/1.1', secure: false })
    const totals = record(account, [REQUEST, RESPONSE, down('x')])
    const error = settleError(account, totals)
    expect(error.code).toBe('unexplained-bytes')
    expect(account.unexplained()).toEqual(error)
    expect(error.message).toMatch(/^byte 27 of the down stream of connection 1 .*no request is/)
  })

  it.each([
    [{ up: 8, down: 7 }, /^the layers of the up stream sum to 7 bytes, but the relay .* 8$/],
    [{ up: 7, down: 6 }, /^the layers of the down stream sum to 7 bytes, but the relay .* 6$/],
  ])('cannot be settled with totals that differ: %j', (totals, message) => {
    const account = new ByteAccount({ protocol: 'length-prefixed', secure: false })
    record(account, [up(MESSAGE), down(MESSAGE)])
    const error = settleError(account, totals)
    expect(error.code).toBe('ledger-mismatch')
    expect(error.message).toMatch(message)
  })

  it('is not opened where there is no wire', () => {
    expect(() => new ByteAccount({ protocol: 'none', secure: false })).toThrow(
      /protocol none has no bytes/,
    )
  })
})
