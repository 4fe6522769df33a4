import { stopped } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf } from '../sockets.ts'
import { createTlsIdentity } from '../tls/certificate.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { Endpoint, ServeContext } from '../transport.ts'
import { startMosquitto } from './mosquitto-process.ts'
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
  const broker = await startMosquitto(host, signal, { ...(identity && { identity }) })
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
