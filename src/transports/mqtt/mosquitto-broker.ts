import type { Socket } from 'node:net'
import type { MqttClient } from 'mqtt'
import { InstrumentError } from '../../model/errors.ts'
import { closed, lost, placeOf, stopped } from '../connection-errors.ts'
import type { Lifeline } from '../lifeline.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, awaitClose, holdSocket } from '../sockets.ts'
import { createTlsIdentity } from '../tls/certificate.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { ArrivalHandler, Endpoint, ServeContext } from '../transport.ts'
import { startMosquitto } from './mosquitto-process.ts'
import { openMqttjsClient, type ProtocolLevel } from './mqttjs-peer.ts'

/** As what the application behind the broker subscribes. */
export interface Subscription {
  readonly protocolVersion: ProtocolLevel
  readonly qos: 0 | 1 | 2
}

/**
 * A Mosquitto, and an ordinary client of it that subscribes to the scenario's
 * topic: what reaches that client has arrived. So delivery covers two legs,
 * device → broker → subscriber, and the broker acknowledges without knowing of
 * the subscriber's application: a delay in it holds back the arrival, never the
 * acknowledgement.
 * @throws InstrumentError `connection`
 */
export async function serveMosquitto(
  { scenario, host, onArrival, signal }: ServeContext,
  subscription: Subscription,
  security: Security = 'clear',
): Promise<Endpoint> {
  if (signal.aborted) throw stopped(signal)
  const identity = security === 'tls' ? await createTlsIdentity() : undefined
  const broker = await startMosquitto(host, signal, { ...(identity && { identity }) })
  const address = addressOf(security === 'tls' ? 'mqtts:' : 'mqtt:', host, broker.port)
  try {
    const { clientId } = scenario.mqtt
    const socket = await openStream(security, address, {
      scenario,
      signal,
      ...(identity && { certificate: identity.certificate }),
    })
    const subscriber = await openSubscriber(address, socket, signal, clientId, subscription)
    await subscriber.subscribe(scenario.topic, subscription.qos, onArrival)
    return {
      address,
      ...(identity && { certificate: identity.certificate }),
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        // The broker first: without a subscriber it would answer MQTT 5 differently (§3.4.2.1).
        await broker[Symbol.asyncDispose]()
        await subscriber.close()
      }),
    }
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
}

interface Subscriber {
  subscribe(topic: string, qos: 0 | 1 | 2, onArrival: ArrivalHandler): Promise<void>
  close(): Promise<void>
}

async function openSubscriber(
  address: URL,
  socket: Socket,
  signal: AbortSignal,
  deviceId: string,
  { protocolVersion }: Subscription,
): Promise<Subscriber> {
  const lifeline = holdSocket(address, socket, signal)
  const client = await openMqttjsClient(address, socket, lifeline, {
    protocolVersion,
    clientId: `${deviceId}-server`,
    keepAliveS: 0,
  })
  return {
    subscribe: (topic, qos, onArrival) =>
      subscribe(address, client, lifeline, topic, qos, onArrival),
    async close() {
      lifeline.cut(closed(address))
      await awaitClose(socket)
    },
  }
}

async function subscribe(
  address: URL,
  client: MqttClient,
  lifeline: Lifeline,
  topic: string,
  qos: 0 | 1 | 2,
  onArrival: ArrivalHandler,
): Promise<void> {
  client.on('message', (_topic, payload) => {
    // The broker has answered the device already: there is nobody to hold back.
    onArrival(payload)?.catch(() => {})
  })
  const granted = await lifeline.wait<number | undefined>((resolve, reject) => {
    client.subscribe(topic, { qos }, (error, grants) => {
      if (error) reject(lost(address, error))
      else resolve(grants?.[0]?.qos)
    })
  })
  if (granted !== qos) {
    throw new InstrumentError(
      'connection',
      `${placeOf(address)} granted QoS ${granted} for ${topic}, not ${qos}`,
    )
  }
}
