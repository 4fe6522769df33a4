import type { MqttClient } from 'mqtt'
import { InstrumentError } from '../../model/errors.ts'
import { lost, placeOf } from '../connection-errors.ts'
import type { Lifeline } from '../lifeline.ts'

export interface Subscription {
  readonly topic: string
  readonly qos: 0 | 1 | 2
}

/**
 * SUBSCRIBE; resolves when SUBACK has granted the QoS that was asked for, and
 * from then on every message is handed over, in order.
 * @throws InstrumentError `connection`
 */
export async function subscribeMqttjs(
  address: URL,
  client: MqttClient,
  lifeline: Lifeline,
  { topic, qos }: Subscription,
  onMessage: (payload: Buffer) => void,
): Promise<void> {
  client.on('message', (_topic, payload) => onMessage(payload))
  const granted = await lifeline.wait<number | undefined>((resolve, reject) => {
    client.subscribe(topic, { qos }, (error, grants) => {
      if (error) reject(lost(address, error))
      else resolve(grants?.[0]?.qos)
    })
  })
  if (granted === qos) return
  throw new InstrumentError(
    'connection',
    `${placeOf(address)} granted QoS ${granted} for ${topic}, not ${qos}`,
  )
}
