import { closed } from '../connection-errors.ts'
import { disposeOnce } from '../once-disposed.ts'
import { awaitClose } from '../sockets.ts'
import type { ArrivalHandler, ArrivalWatch, ConnectContext } from '../transport.ts'
import { credentialsOf } from './device-packets.ts'
import { openMqttjsClient, type PacketStream } from './mqttjs-client.ts'
import type { MqttjsSettings } from './mqttjs-peer.ts'
import { endSubscription, hearMqttjs, requestSubscription } from './mqttjs-subscription.ts'

/** As what it subscribes. */
export type WatchSettings = Pick<MqttjsSettings, 'protocolVersion' | 'qos'>

/**
 * An ordinary client of a broker that subscribes to the scenario's topic while it
 * listens, under the device's client id with `-server` behind it: what reaches it
 * has arrived.
 * The broker answers the device without knowing of it, so a delay in `onArrival`
 * holds back the arrival, never the acknowledgement.
 * @throws InstrumentError `connection`, `refused`
 */
export async function watchTopic(
  address: URL,
  packets: PacketStream,
  { scenario, signal, access }: ConnectContext,
  onArrival: ArrivalHandler,
  { protocolVersion, qos }: WatchSettings,
): Promise<ArrivalWatch> {
  const connection = await openMqttjsClient(address, packets, signal, {
    protocolVersion,
    clientId: `${scenario.mqtt.clientId}-server`,
    keepAliveS: access === undefined ? 0 : scenario.mqtt.keepAlive,
    fields: { clean: true, ...credentialsOf(access, scenario.mqtt, scenario.token) },
  })
  const { lifeline, socket } = connection
  let isClosing = false
  const close = disposeOnce(async () => {
    isClosing = true
    lifeline.cut(closed(address))
    await awaitClose(socket)
  })
  hearMqttjs(connection, (payload, from) => {
    // The broker has answered the device already: there is nobody to hold back.
    onArrival(payload, from)?.catch(() => {})
  })
  const { topic } = scenario
  return {
    async listen(topics = [topic]) {
      // One filter a SUBSCRIBE: brokers of clouds take few in one, and each is granted or refused.
      await Promise.all(topics.map((each) => requestSubscription(connection, { topic: each, qos })))
    },
    pause: () => endSubscription(connection, topic),
    failure: () => (isClosing ? null : lifeline.reason),
    [Symbol.asyncDispose]: close,
  }
}
