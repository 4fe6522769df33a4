import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { IClientOptions, IConnackPacket, MqttClient, Packet } from 'mqtt'
import { InstrumentError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { closed, placeOf, unreachable } from '../connection-errors.ts'
import type { Lifeline } from '../connections/lifeline.ts'
import { awaitClose, holdSocket } from '../sockets.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { ConnectContext } from '../transport.ts'
import { HeardBytes } from '../words/heard-bytes.ts'
import { disconnected } from '../words/mqtt-answers.ts'
import { explainError } from '../words/mqttjs-errors.ts'
import { type BrokerLimits, type ProtocolLevel, readBrokerLimits } from './broker-limits.ts'
import type { ConnectFields } from './device-packets.ts'

/** What MQTT packets go through, and the socket below it. */
export interface PacketStream {
  readonly socket: Socket
  /** The socket itself if left out. */
  readonly stream?: Duplex
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
): Promise<PacketStream> {
  await import('mqtt')
  return { socket: await openStream(security, address, context) }
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
  readonly fields: ConnectFields
}

/** A client whose CONNECT was accepted, and as far as. */
export interface MqttjsClient {
  readonly address: URL
  readonly socket: Socket
  readonly lifeline: Lifeline
  readonly client: MqttClient
  readonly limits: BrokerLimits
}

/**
 * CONNECT on an open socket; resolves when CONNACK has accepted it.
 * @throws InstrumentError `connection`, or `refused`; the socket is then destroyed
 */
export async function openMqttjsClient(
  address: URL,
  { socket, stream = socket }: PacketStream,
  signal: AbortSignal,
  { protocolVersion, clientId, keepAliveS, topic = 'name', fields }: MqttjsConnection,
): Promise<MqttjsClient> {
  const lifeline = holdSocket(address, socket, signal)
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
    return { address, socket, lifeline, client, limits: readBrokerLimits(answer) }
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
export async function releaseMqttjsClient({
  address,
  socket,
  lifeline,
  client,
}: MqttjsClient): Promise<void> {
  // What is still in flight would keep MQTT.js from ending; it rejects instead.
  if (lifeline.idle && lifeline.reason === null) {
    await Promise.race([client.endAsync(), awaitClose(socket)])
  }
  lifeline.cut(closed(address))
  await awaitClose(socket)
}
