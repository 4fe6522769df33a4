import { describe, expect, it } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { plainPass } from './support/byte-pass.ts'
import { CapturedConnections, sumOf } from './support/captured-connections.ts'
import { hasTool } from './support/command.ts'

/**
 * The ledger held against a packet capture of the same connection: tcpdump
 * reads the packets from the kernel and shares no code with the relay.
 */

describe.skipIf(!hasTool('tcpdump'))('a packet capture agrees with the ledger', () => {
  const scenario = scenarioSchema.parse({
    name: 'captured',
    title: 'captured',
    messages: 25,
    payload: { text: '{ "temp": 25 }' },
  })

  it.each([
    'http1',
    'http1-bare',
    'http1-replay',
    'mqtt-qos0',
    'mqtt-qos1',
    'mqtt-qos2',
    'mqtt-qos1-bare',
    'mqtt5-qos1',
    'http1-close',
    'https1',
    'https1-close',
    'https1-resumed',
    'h2c',
    'http2',
    'mqtt-close',
    'mqtts-qos0',
    'mqtts-qos1',
    'mqtts-qos2',
    'mqtts-close',
    'mqtts-resumed',
    'mqtts5-qos1',
    'mqtts5-close',
    'mqtts5-resumed',
    'mqtt5-ws-qos1',
    'mqtt5-wss-qos1',
    'mqtt-ws-qos1',
    'websocket',
    'socketio',
    'tcp',
  ])('on %s, in each direction', async (transport) => {
    const host = new EndpointHost()
    const { address, certificate } = await host.serve({
      transport,
      scenario,
      options: {},
      host: '127.0.0.1',
      injection: NO_INJECTION,
    })
    try {
      const capture = await CapturedConnections.start(Number(new URL(address).port))
      const outcome = await runBytePass(plainPass({ transport, scenario, address, certificate }))
      expect(outcome.failure).toBeNull()
      // A session to resume is acquired before, on a connection that nobody measures.
      const { acquireSession } = await loadTransport(transport)
      const before = acquireSession === undefined ? 0 : 1
      const opened = outcome.bytes?.roundTrips?.connections ?? 0
      const captured = (await capture.stop(before + opened)).slice(before)
      expect(captured).toHaveLength(opened)
      const ledger = outcome.bytes?.ledger ?? []
      expect({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') }).toEqual({
        up: sumLedger(ledger, { direction: 'up' }),
        down: sumLedger(ledger, { direction: 'down' }),
      })
      expect(sumOf(captured, 'up')).toBeGreaterThan(25 * 14)
    } finally {
      await host.stop()
    }
  })
})
