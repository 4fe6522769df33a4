import type { NoOptions } from '../../no-options.ts'
import type { Listing, Transport } from '../../transport.ts'
import { MOSQUITTO_TRAITS, onMosquitto } from '../broker.ts'
import { MQTT_JS, MQTT_PACKET } from '../libraries.ts'
import type { MqttjsSettings } from '../mqttjs-peer.ts'
import { type Handshake, perMessage } from './mqtt-close.ts'

const SETTINGS: MqttjsSettings = { protocolVersion: 5, qos: 1, topic: 'name' }

export const mqtts5Close = mqtt5PerMessage('mqtts5-close', 'full', { order: 290 })
export const mqtts5Resumed = mqtt5PerMessage('mqtts5-resumed', 'resumed', { order: 295 })

/**
 * MQTT.js speaking MQTT 5 to a Mosquitto over TLS, a connection for each message.
 */
function mqtt5PerMessage(id: string, handshake: Handshake, listing: Listing): Transport<NoOptions> {
  return {
    id,
    title: {
      en: `MQTT 5 QoS 1 over TLS, a connection a message${handshake === 'resumed' ? ', resumed' : ''}`,
      'zh-TW': `經由 TLS 的 MQTT 5 QoS 1，每則訊息一條連線${handshake === 'resumed' ? '，恢復交握' : ''}`,
    },
    traits: {
      client: 'mqtt.js',
      protocol: 'mqtt/5.0',
      flows: ['uplink'],
      completion: 'acknowledged',
      secure: true,
      connections: 'own',
      ...MOSQUITTO_TRAITS,
    },
    listing,
    libraries: [MQTT_JS, MQTT_PACKET],
    ...onMosquitto(id, SETTINGS.qos, 'tls'),
    ...perMessage(id, 'tls', handshake, SETTINGS),
  }
}
