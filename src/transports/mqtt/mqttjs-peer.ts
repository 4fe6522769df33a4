import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type {
  IClientOptions,
  IClientPublishOptions,
  IConnackPacket,
  MqttClient,
  Packet,
} from 'mqtt'
import { InstrumentError } from '../../model/errors.ts'
import { type Saying, said } from '../../model/said/said.ts'
import { appChannels, deviceChannels } from '../channels.ts'
import { closed, lost, placeOf, unreachable } from '../connection-errors.ts'
import type { Lifeline } from '../connections/lifeline.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { awaitClose, holdSocket } from '../sockets.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { App, ConnectContext, Peer } from '../transport.ts'
import { HeardBytes } from '../words/heard-bytes.ts'
import { disconnected } from '../words/mqtt-answers.ts'
import { explainError, readRefusedPublish } from '../words/mqttjs-errors.ts'
import {
  type BrokerLimits,
  obstacleToPublishing,
  type ProtocolLevel,
  type Publishing,
  publishBytes,
  readBrokerLimits,
} from './broker-limits.ts'
import {
  type ConnectFields,
  connectFieldsOf,
  credentialsOf,
  type PublishFields,
  publishFieldsOf,
  publishPropertyBytes,
} from './device-packets.ts'
import { subscribeMqttjs } from './mqttjs-subscription.ts'

export interface MqttjsSettings {
  readonly protocolVersion: ProtocolLevel
  readonly qos: 0 | 1 | 2
  /** `alias`: MQTT 5 §3.3.2.3.4, the topic's name in the first message only. */
  readonly topic: 'name' | 'alias'
  /** What the packets go through; the socket itself if left out. */
  readonly stream?: Duplex
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
  socket: Socket,
  { scenario, signal, access }: ConnectContext,
  { protocolVersion, qos, topic, stream }: MqttjsSettings,
): Promise<Peer> {
  const lifeline = holdSocket(address, socket, signal)
  const { client, limits } = await openMqttjsClient(address, socket, lifeline, {
    protocolVersion,
    clientId: scenario.mqtt.clientId,
    keepAliveS: scenario.mqtt.keepAlive,
    topic,
    stream: stream ?? socket,
    fields: connectFieldsOf(scenario, protocolVersion, access),
  })
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
      send: publisher(address, socket, lifeline, { client, limits }, publishing),
      [Symbol.asyncDispose]: nothingToDispose,
    }),
    ...(limits.serverKeepAliveS !== null && { serverKeepAliveS: limits.serverKeepAliveS }),
    async openConsumer(onDelivery) {
      const subscription = { topic: receives.topic, qos }
      await subscribeMqttjs(address, client, lifeline, subscription, onDelivery)
      // A subscription of a clean session ends with the connection [MQTT-3.1.2-6].
      return { [Symbol.asyncDispose]: nothingToDispose }
    },
    keepAlive: () => ping(client, lifeline),
    [Symbol.asyncDispose]: disposeOnce(() =>
      releaseMqttjsClient(address, socket, lifeline, client),
    ),
  }
}

/**
 * The app of a `roundtrip`: another client of the same broker, at the same QoS,
 * under the device's client id with `-app` behind it.
 * @throws InstrumentError `connection`
 */
export async function openMqttjsApp(
  address: URL,
  socket: Socket,
  { scenario, signal, access }: ConnectContext,
  { protocolVersion, qos, stream }: MqttjsSettings,
): Promise<App> {
  const lifeline = holdSocket(address, socket, signal)
  const { client, limits } = await openMqttjsClient(address, socket, lifeline, {
    protocolVersion,
    clientId: `${scenario.mqtt.clientId}-app`,
    // Nobody measures its link; a broker that is not ours may end it where it says nothing.
    keepAliveS: access === undefined ? 0 : scenario.mqtt.keepAlive,
    stream: stream ?? socket,
    fields: { clean: true, ...credentialsOf(access, scenario.mqtt, scenario.token) },
  })
  const { sends, receives } = appChannels(scenario)
  const fields = { retain: false }
  const publishing = { topic: sends.topic, qos, level: protocolVersion, alias: false, fields }
  const app: App = {
    onState: () => {},
    command: publisher(address, socket, lifeline, { client, limits }, publishing),
    [Symbol.asyncDispose]: disposeOnce(() =>
      releaseMqttjsClient(address, socket, lifeline, client),
    ),
  }
  const subscription = { topic: receives.topic, qos }
  try {
    await subscribeMqttjs(address, client, lifeline, subscription, (state) => app.onState(state))
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
  address: URL,
  socket: Socket,
  lifeline: Lifeline,
  { client, limits }: MqttjsClient,
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

/** MQTT.js sets its timer once more after the goodbye; it must not keep the process from ending. */
const IDLE_TIMERS = {
  set: (call: () => void, everyMs: number): number => Number(setInterval(call, everyMs).unref()),
  clear: (timer: number): void => clearInterval(timer),
}

export interface MqttjsConnection {
  readonly protocolVersion: ProtocolLevel
  readonly clientId: string
  /** 0: never pings. */
  readonly keepAliveS: number
  readonly topic?: 'name' | 'alias'
  /** What the packets go through; the socket itself if left out. */
  readonly stream?: Duplex
  readonly fields: ConnectFields
}

/** A client whose CONNECT was accepted, and as far as. */
export interface MqttjsClient {
  readonly client: MqttClient
  readonly limits: BrokerLimits
}

/**
 * The connection that MQTT.js is to speak on. The library is loaded before: it has CONNECT ready
 * when the handshake of TLS is over, and both leave together, as when it opens the socket by itself.
 * @throws InstrumentError `connection`
 */
export async function openMqttjsStream(
  security: Security,
  address: URL,
  context: ConnectContext,
): Promise<Socket> {
  await import('mqtt')
  return openStream(security, address, context)
}

/**
 * CONNECT on an open socket; resolves when CONNACK has accepted it.
 * @throws InstrumentError `connection`, or `refused`; the socket is then destroyed
 */
export async function openMqttjsClient(
  address: URL,
  socket: Socket,
  lifeline: Lifeline,
  { protocolVersion, clientId, keepAliveS, topic = 'name', ...rest }: MqttjsConnection,
): Promise<MqttjsClient> {
  const { stream = socket, fields } = rest
  const { MqttClient } = await import('mqtt')
  if (lifeline.reason !== null) throw lifeline.reason
  // Before MQTT.js listens, whose errors come while it reads.
  const heard = new HeardBytes(stream)
  const client = new MqttClient(() => stream, {
    protocolVersion,
    ...(fields as IClientOptions),
    clientId,
    keepalive: keepAliveS,
    timerVariant: IDLE_TIMERS,
    // A connection that is lost fails the cell; a second one would hide it.
    reconnectPeriod: 0,
    queueQoSZero: false,
    autoAssignTopicAlias: topic === 'alias',
  })
  let connack: Packet | null = null
  client.once('packetreceive', (packet) => {
    connack = packet
    obeyKeepAlive(client, packet)
  })
  client.on('error', (error) =>
    lifeline.cut(explainError(address, error, { protocolVersion, heard, connack, socket })),
  )
  if (protocolVersion === 5) {
    client.on('packetsend', shortenAcknowledgement)
    client.on('disconnect', ({ reasonCode = 0, properties }) =>
      lifeline.cut(disconnected(address, reasonCode, properties)),
    )
  }
  try {
    const answer = await lifeline.wait<IConnackPacket>((resolve) =>
      client.once('connect', (packet) => resolve(packet)),
    )
    if (topic === 'alias') requireTopicAlias(address, answer)
    return { client, limits: readBrokerLimits(answer) }
  } catch (error) {
    socket.destroy()
    throw unreachable(address, error)
  }
}

/** [MQTT-3.2.2-21]: MQTT.js pings as the server says only where it was to ping anyway. */
function obeyKeepAlive(client: MqttClient, packet: Packet): void {
  if (packet.cmd !== 'connack' || !packet.properties?.serverKeepAlive) return
  client.options.keepalive ||= packet.properties.serverKeepAlive
}

/**
 * MQTT 5 §3.5.2.1, §3.6.2.1, §3.7.2.1: a PUBREC, PUBREL or PUBCOMP that says
 * Success may leave Reason Code and Property Length out. MQTT.js leaves the
 * reason undefined, and then both are written, two bytes a packet; named, they
 * are left out.
 */
function shortenAcknowledgement(packet: Packet): void {
  if (packet.cmd === 'pubrec' || packet.cmd === 'pubrel' || packet.cmd === 'pubcomp') {
    packet.reasonCode ??= 0
  }
}

/** MQTT 5 §3.2.2.3.8: without a maximum from the server, no alias may be sent, and MQTT.js would send none. */
function requireTopicAlias(address: URL, { properties }: IConnackPacket): void {
  if (properties?.topicAliasMaximum) return
  throw new InstrumentError('connection', said('noTopicAlias', { place: placeOf(address) }))
}

/** Says DISCONNECT where nothing waits for an answer any more, otherwise closes at once. */
export async function releaseMqttjsClient(
  address: URL,
  socket: Socket,
  lifeline: Lifeline,
  client: MqttClient,
): Promise<void> {
  // What is still in flight would keep MQTT.js from ending; it rejects instead.
  if (lifeline.idle && lifeline.reason === null) {
    await Promise.race([client.endAsync(), awaitClose(socket)])
  }
  lifeline.cut(closed(address))
  await awaitClose(socket)
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
