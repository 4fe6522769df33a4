import { requireScheme } from '../connection-errors.ts'
import { serveAedes } from '../mqtt/aedes-broker.ts'
import { openMqttjsPeer } from '../mqtt/mqttjs-peer.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import { openSocket } from '../sockets.ts'
import type { Transport } from '../transport.ts'
import { openWebSocket } from './open-websocket.ts'
import { createWebSocketServer } from './websocket-server.ts'

/** Where brokers have their WebSocket listener by custom. */
const PATH = '/mqtt'

/** MQTT.js publishing over WebSocket, as a device does whose network lets HTTP through alone. */
export const mqttWsQos1: Transport<NoOptions> = {
  id: 'mqtt-ws-qos1',
  title: 'MQTT 3.1.1 QoS 1 over WebSocket',
  traits: {
    client: 'mqtt.js',
    protocol: 'mqtt/3.1.1 over websocket',
    flows: ['uplink'],
    completion: 'acknowledged',
    secure: false,
  },
  parseOptions: refuseOptions('mqtt-ws-qos1'),

  async serve(_options, context) {
    const { servePacketStream } = await import('./mqtt-stream.ts')
    return serveAedes(context, {
      scheme: 'ws:',
      path: PATH,
      createServer: (welcome) =>
        createWebSocketServer((target) =>
          target === PATH ? (webSocket) => welcome(servePacketStream(webSocket)) : null,
        ),
    })
  },

  async connect(address, _options, context) {
    requireScheme('mqtt-ws-qos1', address, 'ws:')
    const { openPacketStream } = await import('./mqtt-stream.ts')
    const socket = await openSocket(address, context.signal)
    // [MQTT-6.0.0-3]
    const webSocket = await openWebSocket(address, socket, context.signal, 'mqtt')
    return openMqttjsPeer(address, socket, context, {
      protocolVersion: 4,
      qos: 1,
      topic: 'name',
      stream: openPacketStream(webSocket),
    })
  },
}
