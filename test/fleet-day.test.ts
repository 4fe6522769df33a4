import { describe, expect, it } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { type Month, monthOf, type Scripts } from '../src/fleet/month.ts'
import { scriptOf } from '../src/fleet/script.ts'
import { deedsOf, gapsOf } from '../src/fleet/timeline.ts'
import { ipBytes, wireBytes } from '../src/fleet/volume.ts'
import { connectWith, prepareDevice } from '../src/load/flows/connect.ts'
import { TappedLink } from '../src/load/passes/tapped-path.ts'
import type { FleetFile, Policy } from '../src/model/fleet/fleet-file.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import type { BytesResult } from '../src/model/report/bytes-result.ts'
import type { Scenario } from '../src/model/scenario/scenario.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { createPayloads } from '../src/scenario/payload.ts'
import { Deadline } from '../src/system/deadline.ts'
import { loadTransport } from '../src/transports/registry.ts'
import type { Peer } from '../src/transports/transport.ts'
import { measureHere } from './support/byte-pass.ts'
import { fleetOf } from './support/fleet.ts'

const scenario: Scenario = scenarioSchema.parse({
  ...{ name: 'reading', title: 'a reading', topic: 'meters/4711', path: '/meters/4711' },
  ...{ payload: { text: '{ "temp": 25 }' }, messages: 3, mqtt: { keepAlive: 0 } },
})

const SILENCE_MS = 20_000

interface Sent {
  readonly bytes: BytesResult
  readonly pings: number
}

/** The day of one device without its pauses: what its timeline says is done, in its order. */
async function sendDay(id: string, fleet: FleetFile, month: Month, limit: number): Promise<Sent> {
  const transport = await loadTransport(id)
  const host = new EndpointHost()
  const source = createPayloads(scenario)
  let [messages, pings, payloadBytes] = [0, 0, 0]
  try {
    const served = await host.serve({
      ...{ transport: id, scenario, options: {}, host: '127.0.0.1', injection: NO_INJECTION },
    })
    using deadline = Deadline.ofSilence(SILENCE_MS)
    await using link = await TappedLink.open({
      ...{ traits: transport.traits, flow: 'uplink', endpoint: new URL(served.address) },
      ...{ deadline, strayByte: null, payloadField: null },
    })
    const device = await prepareDevice(transport, {
      ...{ address: link.address, endpoint: new URL(served.address), scenario, options: {} },
      ...{ certificate: served.certificate, signal: deadline.signal },
      onTlsSecret: link.learnSecret,
    })
    let peer: Peer | null = null
    for (const { seconds, count } of gapsOf(fleet)) {
      const deeds = deedsOf(seconds, {
        ...{ keepAlive: fleet.connection.keepAlive, pings: fleet.connection.pings, limit },
      })
      for (let index = 0; index < count; index += 1) {
        peer ??= await connectWith(transport, device)
        const payload = source.payload(messages)
        {
          await using producer = await peer.openProducer()
          if (producer.kind === 'self-driving') throw new Error('drives itself')
          await producer.send(payload)
          await producer.settled?.()
        }
        messages += 1
        payloadBytes += payload.length
        for (let ping = 0; ping < deeds.pings && month.pings > 0; ping += 1) {
          await peer.keepAlive?.()
          pings += 1
        }
        if (!deeds.losesConnection) continue
        await peer[Symbol.asyncDispose]()
        peer = null
      }
    }
    await peer?.[Symbol.asyncDispose]()
    const isOwn = month.way.policy === 'per-message' || month.connections > 1
    const pace = isOwn ? 'own-connection' : 'own-time'
    return { bytes: await link.settle({ messages, payloadBytes, pace }), pings }
  } finally {
    await host.stop()
  }
}

/** The scripts of these cells, from a byte pass of three messages each. */
async function scriptsOf(ids: readonly string[]): Promise<Scripts> {
  const scripts = new Map(
    await Promise.all(
      ids.map(async (id) => {
        const { bytes } = await measureHere(id, scenario)
        const { traits } = await loadTransport(id)
        const script = bytes && scriptOf(bytes, traits.protocol)
        if (!script) throw new Error(`no frames of ${id}`)
        return [id, script] as const
      }),
    ),
  )
  return (id) => scripts.get(id) as NonNullable<ReturnType<typeof scripts.get>>
}

describe('a day of a device, sent without its pauses', () => {
  it.each<[string, Policy, Record<string, unknown>]>([
    // A ping ten and twenty minutes after each message.
    ['mqtt-qos1', 'kept', { schedule: { every: '30m' }, connection: { keepAlive: '10m' } }],
    // A TLS handshake for each.
    ['https1-close', 'per-message', { schedule: { every: '1h' } }],
    ['coap-con', 'per-message', { schedule: { bursts: { every: '6h', messages: 5, gap: '1m' } } }],
    // The server has closed by the time of each next one, which opens a connection again.
    ['http1', 'kept', { schedule: { every: '2h' } }],
  ])('%s, %s: the messages, pings, connections and bytes of the timeline', async (...of) => {
    const [id, policy, given] = of
    const fleet = fleetOf({ ...given, month: '1d', transports: [id] })
    const month = monthOf(fleet, id, policy, await scriptsOf([id]))
    if (month === null) throw new Error('means nothing')
    const limit = id === 'http1' ? 5 : Number.POSITIVE_INFINITY
    const { bytes, pings } = await sendDay(id, fleet, month, limit)
    expect([bytes.messages, pings]).toEqual([month.messages, month.pings])
    expect(bytes.roundTrips?.connections).toBe(month.connections)
    // The timeline of a kept connection goes on; the device of this test says goodbye.
    const goodbye = policy === 'kept' ? sumLedger(bytes.ledger, { phase: 'close' }) : 0
    const counted = bytes.totals.up + bytes.totals.down - goodbye
    expect(counted).toBe(wireBytes(month.volume))
  })
})

describe('the model of segments', () => {
  it.each(['https1-resumed', 'mqtts-resumed', 'mqtts-close'])(
    '%s: five runs take the same bytes on the link',
    async (id) => {
      const fleet = fleetOf({ schedule: { every: '1h' }, month: '1d', transports: [id] })
      const runs: number[] = []
      for (let run = 0; run < 5; run += 1) {
        const month = monthOf(fleet, id, 'per-message', await scriptsOf([id]))
        runs.push(month === null ? Number.NaN : ipBytes(month.volume))
      }
      expect(new Set(runs).size, runs.join()).toBe(1)
    },
  )
})
