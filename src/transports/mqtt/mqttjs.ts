import type { Completion } from '../../model/vocabulary.ts'
import { requireScheme } from '../connection-errors.ts'
import type { Security } from '../tls/security.ts'
import type { Listing, Transport, TransportTraits } from '../transport.ts'
import { type BrokerOptions, onChosenBroker } from './broker.ts'
import { AEDES, MQTT_JS, MQTT_PACKET } from './libraries.ts'
import { openMqttjsStream } from './mqttjs-client.ts'
import { type MqttjsSettings, openMqttjsApp, openMqttjsPeer } from './mqttjs-peer.ts'

export const mqttQos0 = mqttjs(0, 'flushed', 'clear', { order: 200, groups: ['default'] })
export const mqttQos1 = mqttjs(1, 'acknowledged', 'clear', { order: 205, groups: ['default'] })
export const mqttQos2 = mqttjs(2, 'exactly-once', 'clear', { order: 210 })

export const mqttsQos0 = mqttjs(0, 'flushed', 'tls', { order: 220, counterpartOf: 'mqtt-qos0' })
export const mqttsQos1 = mqttjs(1, 'acknowledged', 'tls', {
  order: 225,
  counterpartOf: 'mqtt-qos1',
})
export const mqttsQos2 = mqttjs(2, 'exactly-once', 'tls', {
  order: 230,
  counterpartOf: 'mqtt-qos2',
})

/** MQTT.js on one connection. */
function mqttjs(
  qos: 0 | 1 | 2,
  completion: Completion,
  security: Security,
  listing: Listing,
): Transport<BrokerOptions> {
  const id = `${security === 'tls' ? 'mqtts' : 'mqtt'}-qos${qos}`
  const traits: TransportTraits = {
    client: 'mqtt.js',
    protocol: 'mqtt/3.1.1',
    flows: ['uplink', 'fanout', 'roundtrip'],
    completion,
    secure: security === 'tls',
  }
  const settings: MqttjsSettings = { protocolVersion: 4, qos, topic: 'name' }
  return {
    id,
    title: {
      en: `MQTT 3.1.1 QoS ${qos}${security === 'tls' ? ' over TLS' : ''}`,
      'zh-TW': `${security === 'tls' ? '經由 TLS 的 ' : ''}MQTT 3.1.1 QoS ${qos}`,
    },
    traits,
    listing,
    libraries: [MQTT_JS, MQTT_PACKET, AEDES],
    ...onChosenBroker(id, traits, qos),
    ...onOneConnection(id, security, settings),
  }
}

/** The sides of a device and of an app, each on a connection that is kept. */
export function onOneConnection(
  id: string,
  security: Security,
  settings: MqttjsSettings,
): Pick<Transport, 'connect' | 'connectApp' | 'waiting'> {
  const scheme = security === 'tls' ? 'mqtts:' : 'mqtt:'
  return {
    async connect(address, _options, context) {
      requireScheme(id, address, scheme)
      const packets = await openMqttjsStream(security, address, context)
      return openMqttjsPeer(address, packets, context, settings)
    },

    async connectApp(address, _options, context) {
      requireScheme(id, address, scheme)
      const packets = await openMqttjsStream(security, address, context)
      return openMqttjsApp(address, packets, context, settings)
    },

    waiting: (_options, { mqtt }) => ({ delivery: 'pushed', everyS: mqtt.keepAlive || null }),
  }
}
