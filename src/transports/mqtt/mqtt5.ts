import type { Completion } from '../../model/vocabulary.ts'
import type { NoOptions } from '../no-options.ts'
import type { Security } from '../tls/security.ts'
import type { Listing, Transport } from '../transport.ts'
import { MOSQUITTO_TRAITS, onMosquitto } from './broker.ts'
import { MQTT_JS, MQTT_PACKET } from './libraries.ts'
import { onOneConnection } from './mqttjs.ts'
import type { MqttjsSettings } from './mqttjs-peer.ts'

export const mqtt5Qos0 = mqtt5(0, 'flushed', 'name', 'clear', { order: 250 })
export const mqtt5Qos1 = mqtt5(1, 'acknowledged', 'name', 'clear', { order: 255 })
export const mqtt5Qos2 = mqtt5(2, 'exactly-once', 'name', 'clear', { order: 260 })
export const mqtt5AliasQos0 = mqtt5(0, 'flushed', 'alias', 'clear', { order: 265 })
export const mqtt5AliasQos1 = mqtt5(1, 'acknowledged', 'alias', 'clear', { order: 270 })

export const mqtts5Qos0 = mqtt5(0, 'flushed', 'name', 'tls', {
  order: 275,
  counterpartOf: 'mqtt5-qos0',
})
export const mqtts5Qos1 = mqtt5(1, 'acknowledged', 'name', 'tls', {
  order: 280,
  counterpartOf: 'mqtt5-qos1',
})
export const mqtts5Qos2 = mqtt5(2, 'exactly-once', 'name', 'tls', {
  order: 285,
  counterpartOf: 'mqtt5-qos2',
})

/**
 * MQTT.js speaking MQTT 5 to a Mosquitto, on one connection. A topic alias is
 * for whoever publishes often: a device that waits for commands does not. It is
 * good for one connection (§3.3.2.3.4): what the broker sends on to subscribers
 * has the topic's name again, since they allow it no alias.
 */
function mqtt5(
  qos: 0 | 1 | 2,
  completion: Completion,
  topic: MqttjsSettings['topic'],
  security: Security,
  listing: Listing,
): Transport<NoOptions> {
  const scheme = security === 'tls' ? 'mqtts' : 'mqtt'
  const id = `${scheme}5${topic === 'alias' ? '-alias' : ''}-qos${qos}`
  const settings: MqttjsSettings = { protocolVersion: 5, qos, topic }
  return {
    id,
    title: {
      en: `MQTT 5 QoS ${qos}${topic === 'alias' ? ', topic alias' : ''}${security === 'tls' ? ' over TLS' : ''}`,
      'zh-TW': `${security === 'tls' ? '經由 TLS 的 ' : ''}MQTT 5 QoS ${qos}${topic === 'alias' ? '，主題別名' : ''}`,
    },
    traits: {
      client: 'mqtt.js',
      protocol: 'mqtt/5.0',
      flows: topic === 'alias' ? ['uplink', 'fanout'] : ['uplink', 'fanout', 'roundtrip'],
      completion,
      secure: security === 'tls',
      ...MOSQUITTO_TRAITS,
    },
    listing,
    libraries: [MQTT_JS, MQTT_PACKET],
    ...onMosquitto(id, qos, security),
    ...onOneConnection(id, security, settings),
  }
}
