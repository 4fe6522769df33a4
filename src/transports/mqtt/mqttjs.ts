import type { Completion } from '../../model/words.ts'
import { requireScheme } from '../connection-errors.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import { openSocket } from '../sockets.ts'
import type { Transport } from '../transport.ts'
import { serveAedes } from './aedes-broker.ts'
import { openMqttjsPeer } from './mqttjs-peer.ts'

export const mqttQos0 = mqttjs(0, 'flushed')
export const mqttQos1 = mqttjs(1, 'acknowledged')
export const mqttQos2 = mqttjs(2, 'exactly-once')

/** MQTT.js publishing on one connection and one topic. */
function mqttjs(qos: 0 | 1 | 2, completion: Completion): Transport<NoOptions> {
  const id = `mqtt-qos${qos}`
  return {
    id,
    title: `MQTT 3.1.1 QoS ${qos}`,
    traits: {
      client: 'mqtt.js',
      protocol: 'mqtt/3.1.1',
      flows: ['uplink'],
      completion,
      secure: false,
    },
    parseOptions: refuseOptions(id),
    serve: (_options, context) => serveAedes(context),

    async connect(address, _options, context) {
      requireScheme(id, address, 'mqtt:')
      const socket = await openSocket(address, context.signal)
      return openMqttjsPeer(address, socket, context, { protocolVersion: 4, qos, topic: 'name' })
    },
  }
}
