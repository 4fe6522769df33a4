import { requireScheme } from '../connection-errors.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { nothingToDispose } from '../once-disposed.ts'
import type { App, Transport } from '../transport.ts'
import { WS } from './libraries.ts'
import { connectWebSocket } from './websocket-connection.ts'
import { roleAddress, serveWebSocket } from './websocket-endpoint.ts'

/**
 * A message a reading on a WebSocket, with nothing on it: the least that a
 * browser, or whoever must pass through HTTP, can keep a connection open with.
 */
export const websocket: Transport<NoOptions> = {
  id: 'websocket',
  title: { en: 'WebSocket, one message a reading', 'zh-TW': 'WebSocket，每筆讀數一則訊息' },
  traits: {
    client: 'ws',
    protocol: 'websocket',
    flows: ['uplink', 'roundtrip'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 310 },
  libraries: [WS],
  parseOptions: refuseOptions('websocket'),
  // The protocol names no interval: the device pings as often as on MQTT.
  waiting: (_options, { mqtt }) => ({ delivery: 'pushed', everyS: mqtt.keepAlive || null }),
  serve: (_options, context) => serveWebSocket(context),

  async connect(address, _options, context) {
    const { scenario } = context
    requireScheme('websocket', address, 'ws:')
    const isCommanded = scenario.flow === 'roundtrip'
    const target = isCommanded ? roleAddress(address, 'device') : address
    const connection = await connectWebSocket(target, context)
    return {
      openProducer: async () => ({
        kind: 'paced',
        // A state that the device reports waits for nobody: who commanded it sees it.
        send: (payload) => (isCommanded ? connection.tell(payload) : connection.ask(payload)),
        [Symbol.asyncDispose]: nothingToDispose,
      }),
      openConsumer: (onDelivery) => connection.listen(onDelivery),
      keepAlive: () => connection.ping(),
      [Symbol.asyncDispose]: connection[Symbol.asyncDispose],
    }
  },

  async connectApp(address, _options, context) {
    requireScheme('websocket', address, 'ws:')
    const connection = await connectWebSocket(roleAddress(address, 'app'), context)
    const app: App = {
      command: (payload) => connection.ask(payload),
      onState: () => {},
      [Symbol.asyncDispose]: connection[Symbol.asyncDispose],
    }
    await connection.listen((payload) => app.onState(payload))
    return app
  },
}
