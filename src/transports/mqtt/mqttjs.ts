import type { MqttClient } from 'mqtt'
import type { Completion } from '../../model/words.ts'
import { closed, lost, requireScheme, unreachable } from '../connection-errors.ts'
import type { Lifeline } from '../lifeline.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { awaitClose, holdSocket, openSocket } from '../sockets.ts'
import type { Transport } from '../transport.ts'
import { serveAedes } from './aedes-broker.ts'

export const mqttQos0 = mqttjs(0, 'flushed')
export const mqttQos1 = mqttjs(1, 'acknowledged')
export const mqttQos2 = mqttjs(2, 'exactly-once')

/**
 * MQTT.js publishing on one connection and one topic.
 *
 * MQTT.js pings by itself when nothing has arrived for the scenario's
 * `keepAlive` seconds. What it sends does not count, so a QoS 0 publisher pings
 * once in that time even while it sends.
 */
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

    async connect(address, _options, { scenario, signal }) {
      requireScheme(id, address, 'mqtt:')
      const { MqttClient } = await import('mqtt')
      const socket = await openSocket(address, signal)
      const lifeline = holdSocket(address, socket, signal)
      const client = new MqttClient(() => socket, {
        protocolVersion: 4,
        clean: true,
        clientId: scenario.mqtt.clientId,
        keepalive: scenario.mqtt.keepAlive,
        // A connection that is lost fails the cell; a second one would hide it.
        reconnectPeriod: 0,
        queueQoSZero: false,
      })
      client.on('error', (error) => lifeline.cut(lost(address, error)))
      await lifeline
        .wait<void>((resolve) => client.once('connect', () => resolve()))
        .catch((error) => {
          socket.destroy()
          throw unreachable(address, error)
        })

      const publish = (payload: Uint8Array): Promise<void> =>
        lifeline.wait((resolve, reject) => {
          client.publish(scenario.topic, asBuffer(payload), { qos }, (error) => {
            if (error) reject(lost(address, error))
            else if (qos > 0 || socket.writableLength === 0) resolve()
            // MQTT.js calls back for QoS 0 while the packet is still corked. A
            // write of nothing behind it is done when the kernel has them both.
            else socket.write(NOTHING, (late) => (late ? reject(lost(address, late)) : resolve()))
          })
        })

      return {
        openProducer: async () => ({
          kind: 'paced',
          send: publish,
          [Symbol.asyncDispose]: nothingToDispose,
        }),
        keepAlive: () => ping(client, lifeline),
        [Symbol.asyncDispose]: disposeOnce(async () => {
          // What is still in flight would keep MQTT.js from ending; it rejects instead.
          if (lifeline.idle && lifeline.reason === null) {
            await Promise.race([client.endAsync(), awaitClose(socket)])
          }
          lifeline.cut(closed(address))
          await awaitClose(socket)
        }),
      }
    },
  }
}

const NOTHING = Buffer.alloc(0)

/** The same bytes, as the type that MQTT.js takes. */
function asBuffer(payload: Uint8Array): Buffer {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length)
}

async function ping(client: MqttClient, lifeline: Lifeline): Promise<void> {
  let hear: (packet: { cmd: string }) => void = () => {}
  try {
    await lifeline.wait<void>((resolve) => {
      hear = ({ cmd }) => {
        if (cmd === 'pingresp') resolve()
      }
      client.on('packetreceive', hear)
      client.sendPing()
    })
  } finally {
    client.off('packetreceive', hear)
  }
}
