import { closed, stopped } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, awaitClose, holdSocket } from '../sockets.ts'
import { createTlsIdentity } from '../tls/certificate.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { ArrivalHandler, ConnectContext, Endpoint, ServeContext } from '../transport.ts'
import { startMosquitto } from './mosquitto-process.ts'
import { openMqttjsClient, type ProtocolLevel } from './mqttjs-peer.ts'
import { subscribeMqttjs } from './mqttjs-subscription.ts'

/** As what the application behind the broker subscribes. */
export interface ApplicationSettings {
  readonly protocolVersion: ProtocolLevel
  readonly qos: 0 | 1 | 2
}

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
  application: ApplicationSettings,
  security: Security = 'clear',
): Promise<Endpoint> {
  const { scenario, host, signal } = context
  if (signal.aborted) throw stopped(signal)
  const identity = security === 'tls' ? await createTlsIdentity(host) : undefined
  const broker = await startMosquitto(host, signal, { ...(identity && { identity }) })
  const address = addressOf(security === 'tls' ? 'mqtts:' : 'mqtt:', host, broker.port)
  try {
    const own = { scenario, signal, ...(identity && { certificate: identity.certificate }) }
    const closeApplication =
      scenario.flow === 'uplink'
        ? await openApplication(security, address, own, context.onArrival, application)
        : null
    return {
      address,
      ...(identity && { certificate: identity.certificate }),
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        // The broker first: without a subscriber it would answer MQTT 5 differently (§3.4.2.1).
        await broker[Symbol.asyncDispose]()
        await closeApplication?.()
      }),
    }
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
}

/** @returns the way to close it */
async function openApplication(
  security: Security,
  address: URL,
  own: ConnectContext,
  onArrival: ArrivalHandler,
  { protocolVersion, qos }: ApplicationSettings,
): Promise<() => Promise<void>> {
  const { scenario, signal } = own
  const socket = await openStream(security, address, own)
  const lifeline = holdSocket(address, socket, signal)
  const client = await openMqttjsClient(address, socket, lifeline, {
    protocolVersion,
    clientId: `${scenario.mqtt.clientId}-server`,
    keepAliveS: 0,
  })
  await subscribeMqttjs(address, client, lifeline, { topic: scenario.topic, qos }, (payload) => {
    // The broker has answered the device already: there is nobody to hold back.
    onArrival(payload)?.catch(() => {})
  })
  return async () => {
    lifeline.cut(closed(address))
    await awaitClose(socket)
  }
}
