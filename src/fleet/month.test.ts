import { describe, expect, it } from 'vitest'
import { cellsOf, fleetOf } from '../../test/support/fleet.ts'
import type { Policy } from '../model/fleet/fleet-file.ts'
import { LINUX_RULES } from '../wire/account/connection-packets.ts'
import { monthOf } from './month.ts'
import { type ConnectionRules, connectionVolume } from './script.ts'
import { ipBytes, minus, packets, stackOf } from './volume.ts'

const readings = cellsOf('readings.json')
const wakeUps = cellsOf('wake-ups.json')

function month(given: Record<string, unknown>, policy: Policy = 'kept', cells = readings) {
  const fleet = fleetOf(given)
  const found = monthOf(fleet, fleet.transports[0] as string, policy, cells.script)
  if (found === null) throw new Error('means nothing')
  return found
}

/** 43,200 readings in 30 days: one a minute. */
const READINGS = 30 * 24 * 60
/** CONNECT with a client id of 11 bytes, CONNACK; SYN, ACK, CONNECT, ACK and SYN-ACK, ACK, CONNACK. */
const SETUP = 25 + 4 + (60 + 3 * 52) + (60 + 2 * 52)
/** PUBLISH of 2 + 2 + 12 + 14 bytes; itself and its pure acknowledgement. */
const PUBLISH = 30 + 2 * 52
/** PINGREQ, PINGRESP, each acknowledged: the server has not answered lately. */
const PING = 2 + 2 + 4 * 52

describe('a month of one device, by hand', () => {
  it('is readings and one set-up on a kept connection', () => {
    const { volume, messages, connections } = month({})
    expect([messages, connections]).toEqual([READINGS, 1])
    expect(ipBytes(volume)).toBe(READINGS * PUBLISH + SETUP)
    expect(packets(volume)).toBe(READINGS * 2 + 7)
    expect(ipBytes(volume)).toBe(5_789_209)
  })

  it('is a connection for each message', () => {
    // DISCONNECT and two FIN with an acknowledgement; the pure ones of set-up and message.
    const own = 25 + 4 + 32 + 4 + 2 + (60 + 3 * 52) + (60 + 2 * 52) + 52 + 52 + 2 * 52 + 2 * 52
    const { volume, sessions } = month({ transports: ['mqtt-close'] }, 'per-message')
    expect(ipBytes(volume)).toBe(READINGS * own)
    expect(sessions).toMatchObject([{ count: READINGS }])
  })

  it('has pings that are due after the last packet sent, none at the instant of a message', () => {
    const silent = { schedule: { every: '5m' }, connection: { keepAlive: '2m' } }
    const { volume, pings } = month(silent)
    const messages = READINGS / 5
    expect(pings).toBe(2 * messages)
    // The second ping of two: the server answered the first, and acknowledges with the answer.
    expect(ipBytes(volume)).toBe(messages * (PUBLISH + PING + PING - 52) + SETUP)
    expect(month({ connection: { keepAlive: '1m' } }).pings).toBe(0)
    const always = month({ connection: { keepAlive: '1m', pings: 'always' } })
    expect(always.pings).toBe(READINGS)
  })

  it.each(['full', 'resumed'])('sets TLS up once, %s', (session) => {
    const given = { transports: ['mqtts-qos0'], connection: { session, ticketLife: '30d' } }
    const { volume } = month(given)
    const opener = readings.script(session === 'full' ? 'mqtts-qos0' : 'mqtts-resumed', 'reading')
    const rules: ConnectionRules = {
      ...{ end: 'lost' as const, pace: 'own-time' as const },
      ...LINUX_RULES,
    }
    const setup = ipBytes(connectionVolume(opener, [], rules))
    // A record of TLS 1.3 adds 5 + 1 + 16 bytes.
    expect(ipBytes(volume)).toBe(READINGS * (PUBLISH + 22) + setup)
    // SYN, ACK, hello, ACK, Finished with CONNECT, ACK; SYN-ACK, ACK, hello, tickets if any, CONNACK.
    const packets = 60 + 5 * 52 + (60 + (session === 'full' ? 4 : 3) * 52)
    expect(setup).toBe((session === 'full' ? 1_614 : 896) + packets)
  })

  it('loses a silent connection to a NAT or to the server, and opens another without a goodbye', () => {
    const every = { schedule: { every: '15m' } }
    const lost = month({ ...every, connection: { natTimeout: '10m' } })
    expect(lost.connections).toBe(READINGS / 15)
    expect(ipBytes(lost.volume)).toBe((READINGS / 15) * (SETUP + PUBLISH))
    expect(
      month({ ...every, connection: { natTimeout: '10m', keepAlive: '5m' } }).connections,
    ).toBe(1)
    expect(month({ ...every, transports: ['http1'] }).connections).toBe(READINGS / 15)
    const patient = { ...every, transports: ['http1'], connection: { serverIdle: '1h' } }
    expect(month(patient).connections).toBe(1)
    // Each ping finds it lost.
    const late = { ...every, connection: { natTimeout: '2m', keepAlive: '5m' } }
    expect(month(late).connections).toBe((READINGS / 15) * 3)
    expect(month({ ...every, connection: { reconnects: '2/d' } }).connections).toBe(61)
  })

  it('knows bursts, profiles of a day, and when a radio wakes up', () => {
    const bursts = month({ schedule: { bursts: { every: '1h', messages: 5, gap: '1s' } } })
    expect([bursts.messages, bursts.wakeUpsADay]).toEqual([5 * 720, 24])
    const daily = month({ schedule: { daily: [{ hours: 8, every: '15m' }] } })
    expect(daily.messages).toBe(32 * 30)
    const pinging = month({ schedule: { every: '15m' }, connection: { keepAlive: '5m' } })
    expect(pinging.wakeUpsADay).toBe(3 * 96)
  })

  it('sums to its stack, and takes more where packets are lost', () => {
    const { volume } = month({ connection: { keepAlive: '20s' } })
    const stack = stackOf(volume)
    expect(stack.readings).toBe(READINGS * 14)
    expect(Object.values(stack).reduce((a, b) => a + b)).toBeCloseTo(ipBytes(volume))
    const lossy = month({ connection: { keepAlive: '20s' }, loss: '2%' })
    expect(ipBytes(lossy.volume)).toBeCloseTo(ipBytes(volume) / 0.98, 3)
  })

  it('sets TLS up in full where the ticket has died', () => {
    const given = { transports: ['https1'], schedule: { every: '3h' } }
    const alive = month({ ...given, connection: { session: 'resumed' } }, 'per-message')
    const connection = { session: 'resumed', ticketLife: '2h' }
    const dead = month({ ...given, connection }, 'per-message')
    expect([alive.ticket, dead.ticket, dead.way.session]).toEqual(['alive', 'dead', 'full'])
    expect(ipBytes(dead.wakeUp)).toBeGreaterThan(ipBytes(alive.wakeUp) + 700)
  })
})

describe('a published figure', () => {
  it('83 bytes each way for a ping over TLS 1.2, where pure acknowledgements are left out', () => {
    const script = cellsOf('readings-tls12.json').script('mqtts-qos0', 'reading')
    const pings = (n: number) =>
      connectionVolume(script, Array(n).fill('ping'), {
        ...{ ...LINUX_RULES, end: 'lost', pace: 'own-time', pureAcknowledgements: 'left-out' },
      })
    const one = minus(pings(4), pings(3))
    // 2 bytes of MQTT, 5 + 8 + 16 of the record, 52 of the packet.
    expect([ipBytes(one, ['up']), ipBytes(one, ['down'])]).toEqual([83, 83])
    expect(ipBytes(one, ['up']) * 1_440).toBe(119_520)
  })
})

/** As the report was made: it has the first words of a device in the packet of its handshake's end. */
const METERS = {
  ...{ devices: 5000, month: '30.4375d', schedule: { every: '10m' } },
  count: { firstWords: 'in-one-packet' },
}

describe('wake-ups of meters, from a stored report', () => {
  it.each([
    ['https1', 'resumed', 2_132, 9.34],
    ['mqtts-qos1', 'resumed', 2_055, 9.01],
    ['https1', 'full', 2_886, 12.65],
    ['mqtts-qos1', 'full', 2_861, 12.54],
  ])('%s, %s: %i link bytes', (transport, session, bytes, megabytes) => {
    const given = { ...METERS, transports: [transport], connection: { session } }
    const { volume, wakeUp, messages } = month(given, 'per-message', wakeUps)
    expect([messages, ipBytes(wakeUp)]).toEqual([4_383, bytes])
    expect((ipBytes(volume) / 1e6).toFixed(2)).toBe(megabytes.toFixed(2))
  })

  it.each([
    ['https1', 'message', -81],
    ['mqtts-qos1', 'message', -81],
    ['https1', 'messages', -63],
    ['mqtts-qos1', 'messages', -74],
  ])('%s, six readings as %s: %i %%', (transport, as, percent) => {
    const given = {
      ...{ ...METERS, transports: [transport], batch: { size: 6, as } },
      connection: { session: 'resumed', policy: ['per-message', 'per-batch'] },
    }
    const single = ipBytes(month(given, 'per-message', wakeUps).volume)
    const batch = ipBytes(month(given, 'per-batch', wakeUps).volume)
    expect(Math.round((batch / single - 1) * 100)).toBe(percent)
  })
})

describe('every cell', () => {
  it('settles after the first message: each further one takes the same', () => {
    for (const id of ['http1', 'https1', 'mqtt-qos0', 'mqtt-qos1', 'mqtts-qos1', 'coap-con']) {
      const script = readings.script(id, 'reading')
      for (const pace of ['own-time', 'own-connection'] as const) {
        const of = (n: number) =>
          connectionVolume(script, Array(n).fill('message'), {
            ...{ end: 'closed', pace },
            ...LINUX_RULES,
          })
        expect(minus(of(6), of(5)), `${id} ${pace}`).toEqual(minus(of(3), of(2)))
      }
    }
  })
})
