import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { requireScheme, targetOf } from '../connection-errors.ts'
import { MOSQUITTO_TRAITS, onMosquitto } from '../mqtt/broker.ts'
import { MQTT_JS, MQTT_PACKET } from '../mqtt/libraries.ts'
import { serveMosquitto } from '../mqtt/mosquitto-broker.ts'
import { type MqttjsSettings, openMqttjsPeer } from '../mqtt/mqttjs-peer.ts'
import { watchTopic } from '../mqtt/watch-topic.ts'
import type { NoOptions } from '../no-options.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, listen } from '../sockets.ts'
import { createTlsIdentity } from '../tls/certificate.ts'
import type { Security } from '../tls/security.ts'
import type { Endpoint, Listing, ServeContext, Transport } from '../transport.ts'
import { WS } from './libraries.ts'
import { openPackets, PATH } from './mqtt-websocket.ts'
import { createWebSocketServer } from './websocket-server.ts'

const SETTINGS: MqttjsSettings = { protocolVersion: 5, qos: 1, topic: 'name' }

export const mqtt5WsQos1 = mqtt5OverWebSocket('mqtt5-ws-qos1', 'clear', {
  order: 306,
  counterpartOf: 'mqtt5-qos1',
})
export const mqtt5WssQos1 = mqtt5OverWebSocket('mqtt5-wss-qos1', 'tls', {
  order: 308,
  counterpartOf: 'mqtt5-qos1',
})

/** MQTT.js speaking MQTT 5 over WebSocket to a Mosquitto. */
function mqtt5OverWebSocket(
  id: string,
  security: Security,
  listing: Listing,
): Transport<NoOptions> {
  const scheme = security === 'tls' ? 'wss:' : 'ws:'
  return {
    id,
    title: `MQTT 5 QoS 1 over WebSocket${security === 'tls' ? ' and TLS' : ''}`,
    traits: {
      client: 'mqtt.js',
      protocol: 'mqtt/5.0 over websocket',
      flows: ['uplink'],
      completion: 'acknowledged',
      secure: security === 'tls',
      ...MOSQUITTO_TRAITS,
    },
    listing,
    libraries: [MQTT_JS, MQTT_PACKET, WS],
    ...onMosquitto(id, SETTINGS.qos, security),
    serve: (_options, context) => serveBehindWebSocket(context, security, scheme),

    async connect(address, _options, context) {
      requireScheme(id, address, scheme)
      const { socket, stream } = await openPackets(security, address, context)
      return openMqttjsPeer(address, socket, context, { ...SETTINGS, stream })
    },

    watch: async (address, _options, context, onArrival) =>
      watchTopic(
        address,
        await openPackets(security, address, context),
        context,
        onArrival,
        SETTINGS,
      ),
  }
}

/**
 * A Mosquitto behind a WebSocket server of ours, which hands its stream of packets
 * on over TCP. Mosquitto's own WebSocket listener is on every address of the
 * machine, whatever it is told (2.0.11 with libwebsockets 4.1), and does not start
 * where it is the only one; so it is measured where somebody has one: `--mqtt-url ws://…`.
 * The upgrade and the TLS are then those of every other endpoint here.
 */
async function serveBehindWebSocket(
  context: ServeContext,
  security: Security,
  scheme: string,
): Promise<Endpoint> {
  const { servePacketStream } = await import('./mqtt-stream.ts')
  const { host, signal } = context
  const broker = await serveMosquitto(context, SETTINGS)
  try {
    const identity = security === 'tls' ? await createTlsIdentity(host) : undefined
    const server = await createWebSocketServer(
      (target) =>
        target === PATH
          ? (webSocket) => bridge(servePacketStream(webSocket), broker.address)
          : null,
      identity,
    )
    const listener = await listen(server, host)
    return {
      address: addressOf(scheme, host, listener.port, PATH),
      ...(identity && { certificate: identity.certificate }),
      failure: () => broker.failure?.() ?? null,
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        await listener.close()
        await broker[Symbol.asyncDispose]()
      }),
    }
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
}

/** What one side sends goes to the other, byte by byte; where one ends, so does the other. */
function bridge(packets: Duplex, broker: URL): void {
  const upstream = connect({ ...targetOf(broker), noDelay: true })
  // What is broken is closed too, and that is seen by whoever is at the other end.
  upstream.on('error', () => {})
  packets.on('error', () => {})
  // Not ended but let go of: it is for the device to begin the closing handshake.
  upstream.once('close', () => packets.destroy())
  packets.once('close', () => upstream.destroy())
  packets.pipe(upstream)
  upstream.pipe(packets, { end: false })
}
