import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { waitAtLeast } from '../../system/clock.ts'
import { stopped, targetOf } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { ownPorts } from '../own-ports/own-ports.ts'
import { addressOf, listen, openSocket } from '../sockets.ts'
import type { Endpoint, ServeContext } from '../transport.ts'
import type { BrokerDoor } from './aedes-broker.ts'
import { type MosquittoSettings, startMosquitto } from './mosquitto-process.ts'
import { type WatchSettings, watchTopic } from './watch-topic.ts'

/** How long the end of a process may be behind that of its connections. */
const DEATH_HEARD_MS = 200

/**
 * A Mosquitto, and on an uplink an ordinary client of it that subscribes to the
 * scenario's topic: what reaches that client has arrived. So delivery covers two
 * legs, device → broker → subscriber, and the broker acknowledges without
 * knowing of the subscriber's application: a delay in it holds back the arrival,
 * never the acknowledgement. In every other flow messages are for other clients,
 * and the broker is alone.
 * @throws InstrumentError `connection`
 */
export async function serveMosquitto(
  context: ServeContext,
  application: WatchSettings,
): Promise<Endpoint> {
  const { scenario, host, signal } = context
  if (signal.aborted) throw stopped(signal)
  const broker = await startMosquitto(host, signal, {
    ...(ownPorts.isGuarding && guarded(scenario.mqtt.clientId)),
  })
  const address = addressOf('mqtt:', host, broker.port)
  try {
    const own = { scenario, signal }
    const watch =
      scenario.flow === 'uplink'
        ? await watchTopic(
            address,
            { socket: await openSocket(address, own) },
            own,
            context.onArrival,
            application,
          )
        : null
    await watch?.listen()
    return {
      address,
      failure: () => broker.failure(),
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        // The broker first: without a subscriber it would answer MQTT 5 differently (§3.4.2.1).
        await broker[Symbol.asyncDispose]()
        await watch?.[Symbol.asyncDispose]()
      }),
    }
  } catch (error) {
    // A broker that is gone is the better reason, and heard of after its connections.
    const death = signal.aborted
      ? null
      : await Promise.race([broker.failed, waitAtLeast(DEATH_HEARD_MS)])
    await broker[Symbol.asyncDispose]()
    throw death ?? error
  }
}

/**
 * A Mosquitto behind a door of ours, which hands its stream of packets on over
 * TCP: where its own would not have the same bytes each time, or be open to more
 * than this machine. Of the tickets of its TLS one in some hundred, or every other
 * one, is 16 bytes shorter (`tlsServerOptions` says why), and it has no setting that
 * ends that but one that makes all of them 200 bytes shorter. What crosses the wire is then the door's and the broker's,
 * and what the way between the two takes is part of a latency.
 * @throws InstrumentError `connection`
 */
export async function serveMosquittoBehind(
  context: ServeContext,
  application: WatchSettings,
  openDoor: (at: Pick<ServeContext, 'scenario' | 'host'>) => Promise<BrokerDoor>,
): Promise<Endpoint> {
  const { host, signal } = context
  const broker = await serveMosquitto(context, application)
  try {
    const door = await openDoor(context)
    const server = await door.createServer((packets) => bridge(packets, broker.address))
    const listener = await listen(server, host)
    return {
      address: addressOf(door.scheme, host, listener.port, door.path),
      ...(door.certificate !== undefined && { certificate: door.certificate }),
      failure: () => broker.failure?.() ?? null,
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        await listener.close()
        await broker[Symbol.asyncDispose]()
      }),
    }
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
}

/** What one side sends goes to the other, byte by byte; where one ends, so does the other. */
function bridge(packets: Duplex, broker: URL): void {
  const upstream = connect({ ...targetOf(broker), noDelay: true })
  // What breaks is closed too, and whoever is at the other end sees that.
  upstream.on('error', () => {})
  packets.on('error', () => {})
  // The broker's goodbye: its door says it as that of every other broker does.
  upstream.once('close', () => packets.destroy())
  packets.once('close', () => upstream.destroy())
  packets.pipe(upstream)
  upstream.pipe(packets, { end: false })
}

const NEW_CONNECTION = /^(?:\d+: )?New connection from (\S+):(\d+) on port (\d+)\.$/
/** What can stand in its configuration as it is. */
const PLAIN = /^[\x21-\x7e]+$/

/**
 * Mosquitto cannot be told from which ports clients may come. It turns away
 * client ids that do not begin as all those of the run do, with a CONNACK; and it
 * logs where connections come from, so that whoever is not of the run is counted,
 * also one that it let in. That costs each connection some lines of its log. Of
 * those that fail the TLS handshake at once it does not say where they came from:
 * they are turned away and not counted.
 */
const guarded = (clientId: string): Pick<MosquittoSettings, 'lines' | 'onLine'> => ({
  lines: [
    ...(PLAIN.test(clientId) ? [`clientid_prefixes ${clientId}`] : []),
    'connection_messages true',
  ],
  onLine(line) {
    const [, address, port, to] = NEW_CONNECTION.exec(line) ?? []
    if (address === undefined) return
    const connection = { protocol: 'tcp', address, port: Number(port), to: Number(to) } as const
    void Promise.resolve(ownPorts.admit(connection)).then((isOwn) => {
      if (!isOwn) ownPorts.turnAway(connection)
    })
  },
})
