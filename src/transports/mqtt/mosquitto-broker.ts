import { stopped } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { ownPorts } from '../own-ports.ts'
import { addressOf } from '../sockets.ts'
import { createTlsIdentity } from '../tls/certificate.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { Endpoint, ServeContext } from '../transport.ts'
import { type MosquittoSettings, startMosquitto } from './mosquitto-process.ts'
import { onSocket } from './packet-stream.ts'
import { type WatchSettings, watchTopic } from './watch-topic.ts'

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
  security: Security = 'clear',
): Promise<Endpoint> {
  const { scenario, host, signal } = context
  if (signal.aborted) throw stopped(signal)
  const identity = security === 'tls' ? await createTlsIdentity(host) : undefined
  const broker = await startMosquitto(host, signal, {
    ...(identity && { identity }),
    ...(ownPorts.isGuarding && guarded(scenario.mqtt.clientId)),
  })
  const address = addressOf(security === 'tls' ? 'mqtts:' : 'mqtt:', host, broker.port)
  try {
    const own = { scenario, signal, ...(identity && { certificate: identity.certificate }) }
    const watch =
      scenario.flow === 'uplink'
        ? await watchTopic(
            address,
            onSocket(await openStream(security, address, own)),
            own,
            context.onArrival,
            application,
          )
        : null
    await watch?.listen()
    return {
      address,
      ...(identity && { certificate: identity.certificate }),
      failure: () => broker.failure(),
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        // The broker first: without a subscriber it would answer MQTT 5 differently (§3.4.2.1).
        await broker[Symbol.asyncDispose]()
        await watch?.[Symbol.asyncDispose]()
      }),
    }
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
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
