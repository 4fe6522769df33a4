import type { Completion } from '../../model/vocabulary.ts'
import { requireScheme } from '../connection-errors.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import { openSocket } from '../sockets.ts'
import type { Listing, Transport } from '../transport.ts'
import { MOSQUITTO_TRAITS, mosquittoAvailability, mosquittoPrograms } from './broker.ts'
import { MQTT_JS, MQTT_PACKET } from './libraries.ts'
import { serveMosquitto } from './mosquitto-broker.ts'
import { type MqttjsSettings, openMqttjsApp, openMqttjsPeer } from './mqttjs-peer.ts'
import { onSocket } from './packet-stream.ts'
import { watchTopic } from './watch-topic.ts'

export const mqtt5Qos0 = mqtt5(0, 'flushed', 'name', { order: 250 })
export const mqtt5Qos1 = mqtt5(1, 'acknowledged', 'name', { order: 255 })
export const mqtt5Qos2 = mqtt5(2, 'exactly-once', 'name', { order: 260 })
export const mqtt5AliasQos0 = mqtt5(0, 'flushed', 'alias', { order: 265 })
export const mqtt5AliasQos1 = mqtt5(1, 'acknowledged', 'alias', { order: 270 })

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
  listing: Listing,
): Transport<NoOptions> {
  const id = topic === 'alias' ? `mqtt5-alias-qos${qos}` : `mqtt5-qos${qos}`
  const settings: MqttjsSettings = { protocolVersion: 5, qos, topic }
  return {
    id,
    title: `MQTT 5 QoS ${qos}${topic === 'alias' ? ', topic alias' : ''}`,
    traits: {
      client: 'mqtt.js',
      protocol: 'mqtt/5.0',
      flows: topic === 'alias' ? ['uplink', 'fanout'] : ['uplink', 'fanout', 'roundtrip'],
      completion,
      secure: false,
      ...MOSQUITTO_TRAITS,
    },
    listing,
    libraries: [MQTT_JS, MQTT_PACKET],
    parseOptions: refuseOptions(id),
    availability: mosquittoAvailability,
    programs: mosquittoPrograms,
    serve: (_options, context) => serveMosquitto(context, { protocolVersion: 5, qos }),

    async connect(address, _options, context) {
      requireScheme(id, address, 'mqtt:')
      const socket = await openSocket(address, context)
      return openMqttjsPeer(address, socket, context, settings)
    },

    watch: async (address, _options, context, onArrival) =>
      watchTopic(address, onSocket(await openSocket(address, context)), context, onArrival, {
        protocolVersion: 5,
        qos,
      }),

    async connectApp(address, _options, context) {
      requireScheme(id, address, 'mqtt:')
      const socket = await openSocket(address, context)
      return openMqttjsApp(address, socket, context, settings)
    },

    waiting: (_options, { mqtt }) => ({ delivery: 'pushed', everyS: mqtt.keepAlive || null }),
  }
}
