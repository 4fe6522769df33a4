import { describeError } from '../../model/errors.ts'
import { lost } from '../connection-errors.ts'
import { refusedSubscription } from '../words/mqtt-answers.ts'
import type { ProtocolLevel } from './broker-limits.ts'
import type { MqttjsClient } from './mqttjs-client.ts'

export interface Subscription {
  readonly topic: string
  readonly qos: 0 | 1 | 2
}

/** MQTT.js makes an error of a SUBACK that says no. */
const isRefusal = (error: unknown): boolean => /^Subscribe error: /.test(describeError(error))

/**
 * SUBSCRIBE; resolves when SUBACK has granted the QoS that was asked for, and
 * from then on every message is handed over, in order.
 * @throws InstrumentError `connection`, or `refused`
 */
export async function subscribeMqttjs(
  connection: MqttjsClient,
  subscription: Subscription,
  onMessage: (payload: Buffer) => void,
): Promise<void> {
  hearMqttjs(connection, onMessage)
  await requestSubscription(connection, subscription)
}

/**
 * Hands over what a client is sent, except for what the broker had kept of
 * earlier ([MQTT-3.3.1-8]: RETAIN is set): that is no message of this measurement.
 */
export function hearMqttjs(
  { client }: MqttjsClient,
  onMessage: (payload: Buffer, topic: string) => void,
): void {
  client.on('message', (topic, payload, { retain }) => {
    if (!retain) onMessage(payload, topic)
  })
}

/** @throws InstrumentError `connection`, or `refused` */
export async function requestSubscription(
  { address, client, lifeline }: MqttjsClient,
  { topic, qos }: Subscription,
): Promise<void> {
  const granted = await lifeline.wait<number | null>((resolve, reject) => {
    client.subscribe(topic, { qos }, (error, grants) => {
      const [grant] = grants ?? []
      if (error && !isRefusal(error)) reject(lost(address, error))
      else resolve((error ? codeOf(error) : grant?.qos) ?? null)
    })
  })
  if (granted === qos) return
  const level = client.options.protocolVersion as ProtocolLevel
  throw refusedSubscription(address, { topic, qos }, granted, level)
}

/** MQTT.js hands over the SUBACK that says no with its error. */
function codeOf(error: Error): number | undefined {
  const { packet } = error as { packet?: { granted?: readonly unknown[] } }
  const [code] = packet?.granted ?? []
  return typeof code === 'number' ? code : undefined
}

/** Resolves when UNSUBACK is here: no message comes behind it. */
export function endSubscription(
  { address, client, lifeline }: MqttjsClient,
  topic: string,
): Promise<void> {
  return lifeline.wait((resolve, reject) => {
    client.unsubscribe(topic, (error) => (error ? reject(lost(address, error)) : resolve()))
  })
}
