import { tlsProfileOf } from '../../model/tls/profiles.ts'
import { requireScheme } from '../connection-errors.ts'
import { type BrokerDoor, serveAedes } from '../mqtt/aedes-broker.ts'
import { AEDES, MQTT_JS, MQTT_PACKET } from '../mqtt/libraries.ts'
import type { PacketStream } from '../mqtt/mqttjs-client.ts'
import { type MqttjsSettings, openMqttjsPeer } from '../mqtt/mqttjs-peer.ts'
import { watchTopic } from '../mqtt/watch-topic.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { createTlsIdentity, trustOf } from '../tls/certificate.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { ConnectContext, Listing, ServeContext, Transport } from '../transport.ts'
import { WS } from './libraries.ts'
import { openWebSocket } from './open-websocket.ts'
import { createWebSocketServer } from './websocket-server.ts'

/** Where brokers have their WebSocket listener by custom. */
const PATH = '/mqtt'

export const mqttWsQos1 = mqttOverWebSocket('mqtt-ws-qos1', 'clear', {
  order: 300,
  counterpartOf: 'mqtt-qos1',
})
export const mqttWssQos1 = mqttOverWebSocket('mqtt-wss-qos1', 'tls', {
  order: 305,
  counterpartOf: 'mqtt-qos1',
})

/** MQTT.js publishing over WebSocket, as a device does whose network lets HTTP through alone. */
function mqttOverWebSocket(id: string, security: Security, listing: Listing): Transport<NoOptions> {
  return {
    id,
    title: {
      en: `MQTT 3.1.1 QoS 1 over WebSocket${security === 'tls' ? ' and TLS' : ''}`,
      'zh-TW': `經由 WebSocket${security === 'tls' ? ' 與 TLS' : ''} 的 MQTT 3.1.1 QoS 1`,
    },
    traits: {
      client: 'mqtt.js',
      protocol: 'mqtt/3.1.1 over websocket',
      flows: ['uplink'],
      completion: 'acknowledged',
      secure: security === 'tls',
    },
    listing,
    libraries: [MQTT_JS, MQTT_PACKET, AEDES, WS],
    parseOptions: refuseOptions(id),

    serve: async (_options, context) =>
      serveAedes(context, await openWebSocketDoor(security, context)),

    ...overWebSocket(id, security, { protocolVersion: 4, qos: 1, topic: 'name' }),
  }
}

/** The device's side of such a transport, and who watches. */
export function overWebSocket(
  id: string,
  security: Security,
  settings: MqttjsSettings,
): Pick<Transport, 'connect' | 'watch'> {
  return {
    async connect(address, _options, context) {
      requireScheme(id, address, webSocketScheme(security))
      const packets = await openPackets(security, address, context)
      return openMqttjsPeer(address, packets, context, settings)
    },

    async watch(address, _options, context, onArrival) {
      const packets = await openPackets(security, address, context)
      return watchTopic(address, packets, context, onArrival, settings)
    },
  }
}

function webSocketScheme(security: Security): 'ws:' | 'wss:' {
  return security === 'tls' ? 'wss:' : 'ws:'
}

/** How clients come to a broker over WebSocket. */
export async function openWebSocketDoor(
  security: Security,
  { scenario, host }: Pick<ServeContext, 'scenario' | 'host'>,
): Promise<BrokerDoor> {
  const { servePacketStream } = await import('./mqtt-stream.ts')
  const identity =
    security === 'tls' ? await createTlsIdentity(tlsProfileOf(scenario), host) : undefined
  return {
    scheme: webSocketScheme(security),
    path: PATH,
    ...trustOf(identity),
    createServer: (welcome) =>
      createWebSocketServer(
        (target) => (target === PATH ? (webSocket) => welcome(servePacketStream(webSocket)) : null),
        identity,
      ),
  }
}

/** @throws InstrumentError `connection`, or the reason of the signal */
async function openPackets(
  security: Security,
  address: URL,
  context: ConnectContext,
): Promise<PacketStream> {
  const { openPacketStream } = await import('./mqtt-stream.ts')
  const { signal, access, scenario } = context
  const { host } = scenario.http
  // RFC 6455 §4.1: in HTTP/1.1, which a server that also has HTTP/2 must be asked for.
  const socket = await openStream(security, address, context, { alpn: 'http/1.1' })
  const webSocket = await openWebSocket(address, socket, signal, {
    // [MQTT-6.0.0-3]
    subprotocol: 'mqtt',
    headers: { ...(host !== undefined && { host }), ...access?.headers },
  })
  return { socket, stream: openPacketStream(webSocket) }
}
