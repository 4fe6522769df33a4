import { closed } from '../connection-errors.ts'
import { disposeOnce } from '../once-disposed.ts'
import { awaitClose, holdSocket } from '../sockets.ts'
import type { ArrivalHandler, ArrivalWatch, ConnectContext } from '../transport.ts'
import type { ProtocolLevel } from './broker-limits.ts'
import { credentialsOf } from './device-packets.ts'
import { openMqttjsClient } from './mqttjs-peer.ts'
import { endSubscription, hearMqttjs, requestSubscription } from './mqttjs-subscription.ts'
import type { PacketStream } from './packet-stream.ts'

/** As what it subscribes. */
export interface WatchSettings {
  readonly protocolVersion: ProtocolLevel
  readonly qos: 0 | 1 | 2
}

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
  { socket, stream }: PacketStream,
  { scenario, signal, access }: ConnectContext,
  onArrival: ArrivalHandler,
  { protocolVersion, qos }: WatchSettings,
): Promise<ArrivalWatch> {
  const lifeline = holdSocket(address, socket, signal)
  const { client } = await openMqttjsClient(address, socket, lifeline, {
    protocolVersion,
    clientId: `${scenario.mqtt.clientId}-server`,
    keepAliveS: access === undefined ? 0 : scenario.mqtt.keepAlive,
    stream,
    fields: { clean: true, ...credentialsOf(access, scenario.mqtt, scenario.token) },
  })
  let isClosing = false
  const close = disposeOnce(async () => {
    isClosing = true
    lifeline.cut(closed(address))
    await awaitClose(socket)
  })
  hearMqttjs(client, (payload, from) => {
    // The broker has answered the device already: there is nobody to hold back.
    onArrival(payload, from)?.catch(() => {})
  })
  const { topic } = scenario
  return {
    async listen(topics = [topic]) {
      // One filter a SUBSCRIBE: brokers of clouds take few in one, and each is granted or refused.
      await Promise.all(
        topics.map((each) => requestSubscription(address, client, lifeline, { topic: each, qos })),
      )
    },
    pause: () => endSubscription(address, client, lifeline, topic),
    failure: () => (isClosing ? null : lifeline.reason),
    [Symbol.asyncDispose]: close,
  }
}
