import { describe, expect, it } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { costOf } from '../src/model/cost-line.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import type { BytesResult, Cell } from '../src/model/report/report.ts'
import { saidText } from '../src/model/said/said.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { breakEvenOf } from '../src/stats/break-even.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { plainPass } from './support/byte-pass.ts'

/** The formula held against sending: that many messages, for real, through the relay. */

const COUNTS = [1, 2, 5, 10, 100]
const MEASURED = 50

const sent = new Map<string, Promise<BytesResult>>()

/** Once of each transport and number. */
function send(transport: string, messages: number): Promise<BytesResult> {
  const key = `${transport} ${messages}`
  const sending = sent.get(key) ?? reallySend(transport, messages)
  sent.set(key, sending)
  return sending
}

async function reallySend(transport: string, messages: number): Promise<BytesResult> {
  const scenario = scenarioSchema.parse({
    name: 'counted',
    title: 'counted',
    messages,
    payload: { text: '{ "temp": 25 }' },
  })
  const host = new EndpointHost()
  const { address, certificate } = await host.serve({
    transport,
    scenario,
    options: {},
    host: '127.0.0.1',
    injection: NO_INJECTION,
  })
  try {
    const outcome = await runBytePass(plainPass({ transport, scenario, address, certificate }))
    if (outcome.bytes === null) throw new Error(saidText(outcome.failure?.message ?? ''))
    return outcome.bytes
  } finally {
    await host.stop()
  }
}

async function measure(transport: string): Promise<Cell> {
  const { client, protocol, completion } = (await loadTransport(transport)).traits
  return {
    ...{ scenario: 'counted', transport, client, protocol, flow: 'uplink', completion },
    ...{ link: 'loopback', status: 'measured', latency: null, counts: null, warnings: [] },
    bytes: await send(transport, MEASURED),
  }
}

/** Everything but idle, which depends on time and not on messages. */
const costInBytes = ({ ledger }: BytesResult): number =>
  sumLedger(ledger) - sumLedger(ledger, { phase: 'idle' })

describe('the break-even formula', () => {
  it.each([
    'http1',
    'http1-replay',
    'mqtt-qos0',
    'mqtt-qos1',
    'mqtt-qos2',
    'mqtt-close',
    'mqtts-qos1',
    'mqtts5-qos1',
    'mqtts5-close',
    'mqtt5-ws-qos1',
    'https1-close',
    'https1-resumed',
    'https1-wake',
    'mqtts-wake',
    'h2c',
    'http2',
    'coap-con',
    'coap-non',
  ])('predicts %s to the byte, and to the round trip', async (transport) => {
    const [cost] = breakEvenOf([await measure(transport)]).costs
    if (cost === undefined || cost.roundTrips === null) throw new Error('no cost')
    for (const messages of COUNTS) {
      const bytes = await send(transport, messages)
      const name = `${messages} messages`
      expect(costInBytes(bytes), name).toBe(costOf(cost.bytes, messages))
      const { setup = 0, steady = 0, close = 0, tcp } = bytes.roundTrips ?? {}
      const trips = setup + steady + close + (tcp?.roundTrips ?? 0)
      expect(trips, name).toBe(costOf(cost.roundTrips, messages))
    }
  })

  it('says the same of each pair as comparing what was really sent', async () => {
    const cells = await Promise.all(['http1', 'mqtt-qos0', 'mqtt-qos1', 'mqtt-qos2'].map(measure))
    const { costs, pairs } = breakEvenOf(cells)
    expect(pairs).toHaveLength(6)
    for (const messages of COUNTS) {
      const sums = new Map<string, number>()
      for (const { transport } of costs) {
        sums.set(transport, costInBytes(await send(transport, messages)))
      }
      for (const { between, bytes } of pairs) {
        const [left = 0, right = 0] = between.map((id) => sums.get(id))
        const cheaper = left === right ? null : between[left < right ? 0 : 1]
        if (messages >= bytes.fromMessages) expect(cheaper).toBe(bytes.cheaper)
        else expect(cheaper).not.toBe(bytes.cheaper)
      }
    }
  })
})
