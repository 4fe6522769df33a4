import type { IClientPublishOptions } from 'mqtt'
import { InstrumentError } from '../../model/errors.ts'
import type { Saying } from '../../model/said/said.ts'
import { appChannels, deviceChannels } from '../channels.ts'
import { lost, placeOf } from '../connection-errors.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import type { App, ConnectContext, Peer } from '../transport.ts'
import { readRefusedPublish } from '../words/mqttjs-errors.ts'
import {
  obstacleToPublishing,
  type ProtocolLevel,
  type Publishing,
  publishBytes,
} from './broker-limits.ts'
import {
  connectFieldsOf,
  credentialsOf,
  type PublishFields,
  publishFieldsOf,
  publishPropertyBytes,
} from './device-packets.ts'
import {
  type MqttjsClient,
  openMqttjsClient,
  type PacketStream,
  releaseMqttjsClient,
} from './mqttjs-client.ts'
import { subscribeMqttjs } from './mqttjs-subscription.ts'

export interface MqttjsSettings {
  readonly protocolVersion: ProtocolLevel
  readonly qos: 0 | 1 | 2
  /** `alias`: MQTT 5 §3.3.2.3.4, the topic's name in the first message only. */
  readonly topic: 'name' | 'alias'
}

/**
 * MQTT.js on a socket that is open already: publishing on one topic, and
 * subscribing to one where the flow has something for the device.
 *
 * MQTT.js pings by itself when nothing has arrived for the scenario's
 * `keepAlive` seconds. What it sends does not count, so a QoS 0 publisher pings
 * once in that time even while it sends.
 * @throws InstrumentError `connection`
 */
export async function openMqttjsPeer(
  address: URL,
  packets: PacketStream,
  { scenario, signal, access }: ConnectContext,
  { protocolVersion, qos, topic }: MqttjsSettings,
): Promise<Peer> {
  const connection = await openMqttjsClient(address, packets, signal, {
    protocolVersion,
    clientId: scenario.mqtt.clientId,
    keepAliveS: scenario.mqtt.keepAlive,
    topic,
    fields: connectFieldsOf(scenario, protocolVersion, access),
  })
  const { serverKeepAliveS } = connection.limits
  const { sends, receives } = deviceChannels(scenario)
  const fields = publishFieldsOf(scenario, protocolVersion)
  const alias = topic === 'alias'
  const propertyBytes = publishPropertyBytes(fields)
  const publishing = {
    ...{ topic: sends.topic, qos, level: protocolVersion, alias },
    ...{ propertyBytes, fields },
  }
  return {
    openProducer: async () => ({
      kind: 'paced',
      send: publisher(connection, publishing),
      [Symbol.asyncDispose]: nothingToDispose,
    }),
    ...(serverKeepAliveS !== null && { serverKeepAliveS }),
    async openConsumer(onDelivery) {
      await subscribeMqttjs(connection, { topic: receives.topic, qos }, onDelivery)
      // A subscription of a clean session ends with the connection [MQTT-3.1.2-6].
      return { [Symbol.asyncDispose]: nothingToDispose }
    },
    keepAlive: () => ping(connection),
    [Symbol.asyncDispose]: disposeOnce(() => releaseMqttjsClient(connection)),
  }
}

/**
 * The app of a `roundtrip`: another client of the same broker, at the same QoS,
 * under the device's client id with `-app` behind it.
 * @throws InstrumentError `connection`
 */
export async function openMqttjsApp(
  address: URL,
  packets: PacketStream,
  { scenario, signal, access }: ConnectContext,
  { protocolVersion, qos }: MqttjsSettings,
): Promise<App> {
  const connection = await openMqttjsClient(address, packets, signal, {
    protocolVersion,
    clientId: `${scenario.mqtt.clientId}-app`,
    // Nobody measures its link; a broker that is not ours may end it where it says nothing.
    keepAliveS: access === undefined ? 0 : scenario.mqtt.keepAlive,
    fields: { clean: true, ...credentialsOf(access, scenario.mqtt, scenario.token) },
  })
  const { sends, receives } = appChannels(scenario)
  const fields = { retain: false }
  const publishing = { topic: sends.topic, qos, level: protocolVersion, alias: false, fields }
  const app: App = {
    onState: () => {},
    command: publisher(connection, publishing),
    [Symbol.asyncDispose]: disposeOnce(() => releaseMqttjsClient(connection)),
  }
  const subscription = { topic: receives.topic, qos }
  try {
    await subscribeMqttjs(connection, subscription, (state) => app.onState(state))
  } catch (error) {
    await app[Symbol.asyncDispose]()
    throw error
  }
  return app
}

/**
 * Publishes as far as the broker lets a client: no packet that it does not take,
 * and no more at once than its Receive Maximum (MQTT 5.0 §4.9); what is over
 * that waits for an acknowledgement. MQTT.js looks at neither.
 */
function publisher(
  { address, socket, lifeline, client, limits }: MqttjsClient,
  publishing: Publishing & { readonly fields: PublishFields },
): (payload: Uint8Array) => Promise<void> {
  const { topic, qos, fields } = publishing
  const most = qos === 0 ? Number.POSITIVE_INFINITY : limits.receiveMaximum
  const held: (() => void)[] = []
  let inFlight = 0
  // What is the same for all messages is made ready here, and not in the time of each.
  const options = { qos, ...(fields as IClientPublishOptions) }
  const obstacleOf = (packetBytes: number): Saying | null =>
    obstacleToPublishing(placeOf(address), limits, { qos, retain: fields.retain }, packetBytes)
  const obstacleOfAll = obstacleOf(0)
  const isBounded = Number.isFinite(limits.maximumPacketBytes)

  const publish = (
    payload: Uint8Array,
    resolve: () => void,
    reject: (reason: unknown) => void,
  ): void => {
    inFlight += 1
    client.publish(topic, asBuffer(payload), options, (error, packet) => {
      inFlight -= 1
      held.shift()?.()
      if (error) reject(readRefusedPublish(address, topic, error, packet) ?? lost(address, error))
      else if (qos > 0 || socket.writableLength === 0) resolve()
      // MQTT.js calls back for QoS 0 while the packet is still corked. A
      // write of nothing behind it is done when the kernel has them both.
      else socket.write(NOTHING, (late) => (late ? reject(lost(address, late)) : resolve()))
    })
  }

  return (payload) =>
    lifeline.wait((resolve, reject) => {
      const obstacle = isBounded
        ? obstacleOf(publishBytes(publishing, payload.length))
        : obstacleOfAll
      if (obstacle !== null) reject(new InstrumentError('refused', obstacle))
      else if (inFlight < most) publish(payload, resolve, reject)
      else held.push(() => publish(payload, resolve, reject))
    })
}

/**
 * Over TLS too a write of nothing sends nothing, not even a record, and is done
 * after those before it: Node calls back when the kernel has taken the records
 * that they became. So `flushed` proves there what it proves in the clear.
 */
const NOTHING = Buffer.alloc(0)

/** The same bytes, as the type that MQTT.js takes. */
function asBuffer(payload: Uint8Array): Buffer {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length)
}

async function ping({ client, lifeline }: MqttjsClient): Promise<void> {
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
