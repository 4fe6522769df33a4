import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import type { ByteTotals } from '../src/model/wire/ledger.ts'
import { isDatagramScheme, targetOf } from '../src/transports/connection-errors.ts'
import { ownPorts } from '../src/transports/own-ports/own-ports.ts'
import { loadTransport } from '../src/transports/registry.ts'
import type { TransportOptions } from '../src/transports/run-options.ts'
import { openRelay } from '../src/wire/relay/tcp-relay.ts'
import { openUdpRelay } from '../src/wire/relay/udp-relay.ts'
import { hasTool } from './support/command.ts'
import { Intruder, type Intrusion } from './support/intruder.ts'
import { runnableTransports } from './support/transports.ts'

const MESSAGES = 20
/** Nothing listens there, or a Mosquitto, which answers whom it does not know. */
const UNGUARDED = ['memory']
const guarded: string[] = []
for (const id of await runnableTransports('uplink')) {
  const { traits } = await loadTransport(id)
  if (traits.needs === undefined && !UNGUARDED.includes(id)) guarded.push(id)
}

interface Session {
  readonly totals: ByteTotals
  readonly connections: number
  readonly arrivals: number
  readonly ports: readonly number[]
  readonly intrusion: Intrusion | null
}

const strangers = (): number => ownPorts.turnedAway().reduce((sum, each) => sum + each.strangers, 0)

/** Endpoint, relay and device in this process, and somebody else at the doors of both. */
async function session(
  id: string,
  visitors: 'alone' | 'intruded',
  settings: TransportOptions = {},
): Promise<Session> {
  const scenario = scenarioSchema.parse({
    ...{
      name: 'a',
      title: 'a',
      flow: 'uplink',
      messages: messagesOf(id),
      payload: { text: 'reading' },
    },
  })
  const transport = await loadTransport(id)
  const options = transport.parseOptions(settings)
  const { signal } = new AbortController()
  let arrivals = 0
  const onArrival = (): undefined => {
    arrivals += 1
  }
  await using endpoint = await transport.serve(options, {
    ...{ scenario, host: '127.0.0.1', onArrival, signal },
  })
  const address = new URL(endpoint.address)
  const protocol = isDatagramScheme(address) ? 'udp' : 'tcp'
  let connections = 0
  const open = protocol === 'udp' ? openUdpRelay : openRelay
  await using relay = await open({
    target: targetOf(address),
    openTap: () => {
      connections += 1
      return { bytes: () => {}, end: () => {} }
    },
    ...ownPorts.door(protocol),
    // A goodbye may be answered when its sender has gone.
    ...(protocol === 'udp' && { lingerMs: 250 }),
    signal,
  })
  // A program of somebody else's knows nothing of strangers, unless a guard stands before it.
  const isGuarded = transport.traits.needs !== 'libcoap3-bin'
  const ports = [relay.address.port, ...(isGuarded ? [Number(address.port)] : [])]
  await using intruder =
    visitors === 'alone' ? null : new Intruder(ports.map((port) => ({ protocol, port })))
  await intruder?.round()
  {
    const through = new URL(address)
    through.port = String(relay.address.port)
    const { certificate } = endpoint
    await using peer = await transport.connect(through, options, {
      ...{ scenario, signal, ...(certificate !== undefined && { certificate }) },
    })
    await using producer = await peer.openProducer()
    const payload = Buffer.from('reading')
    if (producer.kind === 'self-driving') {
      const payloads = Array.from({ length: messagesOf(id) }, () => payload)
      await producer.drive(payloads, process.hrtime.bigint, () => {})
    } else {
      for (let index = 0; index < messagesOf(id); index += 1) {
        await producer.send(payload)
        await producer.settled?.()
      }
    }
  }
  await intruder?.round()
  const intrusion = (await intruder?.stop()) ?? null
  // A datagram is sent before it is read.
  if (intrusion !== null) await expect.poll(strangers).toBe(intrusion.attempts)
  await relay.drained()
  return { totals: relay.totals(), connections, arrivals, ports, intrusion }
}

/** A client of it is a program for each message. */
const messagesOf = (id: string): number => (id === 'coaps-close' ? 3 : MESSAGES)

describe('strangers', () => {
  beforeEach(() => ownPorts.guard('on'))
  afterEach(() => ownPorts.guard('off'))

  it.each(guarded)('change nothing of %s, and are counted', async (id) => {
    ownPorts.guard('off')
    const alone = await session(id, 'alone')
    ownPorts.guard('on')
    const { ports, intrusion, ...intruded } = await session(id, 'intruded')
    expect(intruded.connections).toBe(alone.connections)
    expect(intruded.arrivals).toBe(alone.arrivals)
    const { traits } = await loadTransport(id)
    // A certificate is made for each endpoint, and a signature has no fixed size.
    if (!traits.secure) expect(intruded.totals).toEqual(alone.totals)
    expect(intrusion?.answeredBytes).toBe(0)
    const turnedAway = ownPorts.turnedAway()
    expect(turnedAway.map(({ port }) => port).sort()).toEqual([...ports].sort())
    expect(turnedAway.reduce((sum, { strangers }) => sum + strangers, 0)).toBe(intrusion?.attempts)
  })

  it.skipIf(!hasTool('coap-server-gnutls'))(
    'reach no server of coaps-close through its relay, and are named',
    async () => {
      ownPorts.guard('off')
      const alone = await session('coaps-close', 'alone')
      ownPorts.guard('on')
      const { ports, intrusion, ...intruded } = await session('coaps-close', 'intruded')
      expect(intruded.connections).toBe(alone.connections)
      expect(intruded.arrivals).toBe(alone.arrivals)
      expect(intruded.totals).toEqual(alone.totals)
      expect(intrusion?.answeredBytes).toBe(0)
      const { attempts } = intrusion as Intrusion
      expect(ownPorts.turnedAway()).toEqual([
        {
          ...{ protocol: 'udp', port: ports[0], strangers: attempts },
          first: Array(Math.min(attempts, 5)).fill(expect.stringMatching(/^127\.0\.0\.1:\d+$/)),
        },
      ])
    },
  )

  it.skipIf(!hasTool('mosquitto')).each([
    ['mqtt-qos1', { broker: 'mosquitto' }],
    ['mqtt5-qos1', {}],
  ])('change nothing of %s on Mosquitto, which counts them', async (id, settings) => {
    ownPorts.guard('off')
    const alone = await session(id, 'alone', settings)
    ownPorts.guard('on')
    const intruded = await session(id, 'intruded', settings)
    expect(intruded.connections).toBe(alone.connections)
    expect(intruded.arrivals).toBe(alone.arrivals)
    expect(intruded.totals).toEqual(alone.totals)
    expect(strangers()).toBe(intruded.intrusion?.attempts)
    expect(
      ownPorts
        .turnedAway()
        .map(({ port }) => port)
        .sort(),
    ).toEqual([...intruded.ports].sort())
  })
})
