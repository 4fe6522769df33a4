import { MOSQUITTO_TRAITS, onMosquitto } from '../mqtt/broker.ts'
import { MQTT_JS, MQTT_PACKET } from '../mqtt/libraries.ts'
import { serveMosquittoBehind } from '../mqtt/mosquitto-broker.ts'
import type { MqttjsSettings } from '../mqtt/mqttjs-peer.ts'
import type { NoOptions } from '../no-options.ts'
import type { Security } from '../tls/security.ts'
import type { Listing, Transport } from '../transport.ts'
import { WS } from './libraries.ts'
import { openWebSocketDoor, overWebSocket } from './mqtt-websocket.ts'

const SETTINGS: MqttjsSettings = { protocolVersion: 5, qos: 1, topic: 'name' }

export const mqtt5WsQos1 = mqtt5OverWebSocket('mqtt5-ws-qos1', 'clear', {
  order: 306,
  counterpartOf: 'mqtt5-qos1',
})
export const mqtt5WssQos1 = mqtt5OverWebSocket('mqtt5-wss-qos1', 'tls', {
  order: 308,
  counterpartOf: 'mqtt5-qos1',
})

/**
 * MQTT.js speaking MQTT 5 over WebSocket to a Mosquitto behind the server of every
 * other WebSocket here. Mosquitto's own listener is on every address of the
 * machine, whatever it is told (2.0.11 with libwebsockets 4.1), and does not start
 * where it is the only one; it is measured where somebody has one, by its URL.
 */
function mqtt5OverWebSocket(
  id: string,
  security: Security,
  listing: Listing,
): Transport<NoOptions> {
  return {
    id,
    title: {
      en: `MQTT 5 QoS 1 over WebSocket${security === 'tls' ? ' and TLS' : ''}`,
      'zh-TW': `經由 WebSocket${security === 'tls' ? ' 與 TLS' : ''} 的 MQTT 5 QoS 1`,
    },
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
    ...overWebSocket(id, security, SETTINGS),
    serve: (_options, context) =>
      serveMosquittoBehind(context, SETTINGS, (at) => openWebSocketDoor(security, at)),
  }
}
