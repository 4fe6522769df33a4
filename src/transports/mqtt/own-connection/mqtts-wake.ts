import { PER_WAKE, parseWakeOptions, type WakeOptions } from '../../connections/per-wake.ts'
import type { Transport } from '../../transport.ts'
import { openTlsDoor, serveAedes } from '../aedes-broker.ts'
import { watcher } from '../broker.ts'
import { AEDES, MQTT_JS, MQTT_PACKET } from '../libraries.ts'
import type { MqttjsSettings } from '../mqttjs-peer.ts'
import { perMessage } from './mqtt-close.ts'

const ID = 'mqtts-wake'
const SETTINGS: MqttjsSettings = { protocolVersion: 4, qos: 1, topic: 'name' }

/**
 * A device that wakes up, resumes its TLS session, publishes what it has gathered,
 * one reading a message, and sleeps again. Always on the embedded broker, or on
 * the one of a URL.
 */
export const mqttsWake: Transport<WakeOptions> = {
  id: ID,
  title: {
    en: 'MQTT 3.1.1 QoS 1 over TLS, several messages a connection, resumed',
    'zh-TW': '經由 TLS 的 MQTT 3.1.1 QoS 1，每條連線數則訊息，恢復交握',
  },
  traits: {
    client: 'mqtt.js',
    protocol: 'mqtt/3.1.1',
    flows: ['uplink'],
    completion: 'acknowledged',
    secure: true,
    connections: 'own',
  },
  listing: { order: 242 },
  libraries: [MQTT_JS, MQTT_PACKET, AEDES],
  optionNames: [PER_WAKE],
  parseOptions: (input) => parseWakeOptions(ID, input),
  serve: async (_options, context) => serveAedes(context, await openTlsDoor(context)),
  watch: watcher('tls', SETTINGS),
  ...perMessage(ID, 'tls', 'resumed', SETTINGS),

  connect: (address, { messagesPerWake }, context) =>
    perMessage(ID, 'tls', 'resumed', SETTINGS, messagesPerWake).connect(address, {}, context),
}
