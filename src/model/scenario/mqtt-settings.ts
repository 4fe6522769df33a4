import * as z from 'zod'
import { type Said, said } from '../said/said.ts'
import type { Protocol } from '../vocabulary.ts'
import { mqttString, mqttText, topicName } from './mqtt-strings.ts'
import { protocolPayload } from './payload/protocol-payload.ts'
import { secretValue } from './secret-value.ts'
import { wholeNumber } from './whole-number.ts'
import { sayWrong } from './words.ts'

const MOST_SECONDS = 0xffff_ffff

const will = z
  .strictObject({
    topic: topicName.describe('where the broker publishes it'),
    payload: mqttText.default('').describe('sent as UTF-8'),
    qos: wholeNumber(0, 2, 0).default(0).describe('that it is published with'),
    retain: z.boolean().default(false).describe('whether the broker keeps it'),
  })
  .describe('what the broker publishes for a device that is gone without a goodbye')

/** What MQTT's clients say of themselves and of their messages. */
export const mqttSettings = z
  .strictObject({
    version: z
      .enum(['3.1'])
      .optional()
      .describe(
        'what transports of 3.1.1 call themselves: MQIsdp, level 3, as before 2014; MQTT, level 4, if left out',
      ),
    clientId: mqttString(() => sayWrong.emptyId)
      .default('sensor-0001')
      .describe('of CONNECT'),
    keepAlive: wholeNumber(0, 65_535, 60).default(60).describe('seconds; 0 turns it off'),
    payload: protocolPayload.describe('what MQTT sends in place of payload'),
    username: mqttText.optional().describe('of CONNECT'),
    password: secretValue.optional().describe('of CONNECT'),
    will: will.optional(),
    clean: z
      .boolean()
      .default(true)
      .describe(
        'Clean Session, in MQTT 5 Clean Start: whether the broker forgets the last session',
      ),
    sessionExpiry: wholeNumber(0, MOST_SECONDS, 3_600)
      .optional()
      .describe('MQTT 5: seconds that the broker keeps the session'),
    retain: z.boolean().default(false).describe('whether the broker keeps each message'),
    userProperties: z
      .record(mqttText, mqttText)
      .optional()
      .describe('MQTT 5: of each message, names and values'),
    contentType: mqttText
      .optional()
      .describe('MQTT 5: of each message, such as application/json; none if left out'),
    responseTopic: topicName.optional().describe('MQTT 5: of each message'),
    correlationData: mqttText.optional().describe('MQTT 5: of each message, as UTF-8'),
    messageExpiry: wholeNumber(0, MOST_SECONDS, 3_600)
      .optional()
      .describe('MQTT 5: seconds after which nobody gets the message any more'),
    payloadFormat: z
      .enum(['bytes', 'utf-8'])
      .optional()
      .describe('MQTT 5: Payload Format Indicator of each message, 0 or 1'),
  })
  .superRefine(({ username, password }, context) => {
    if (username !== undefined || password === undefined) return
    context.addIssue({
      code: 'custom',
      path: ['password'],
      message: sayWrong.passwordAlone,
    })
  })
  .prefault({})
  .describe('what MQTT needs besides')

export type MqttSettings = z.output<typeof mqttSettings>

/** What only MQTT 5 has, and the section of MQTT 5.0 that defines it. */
const OF_MQTT_5: Readonly<Partial<Record<keyof MqttSettings, readonly [string, string]>>> = {
  sessionExpiry: ['Session Expiry Interval', '3.1.2.11.2'],
  userProperties: ['User Property', '3.3.2.3.7'],
  contentType: ['Content Type', '3.3.2.3.9'],
  responseTopic: ['Response Topic', '3.3.2.3.5'],
  correlationData: ['Correlation Data', '3.3.2.3.6'],
  messageExpiry: ['Message Expiry Interval', '3.3.2.3.3'],
  payloadFormat: ['Payload Format Indicator', '3.3.2.3.2'],
}

/** Why a protocol cannot say what a scenario has MQTT say; null where it can, or is not MQTT. */
export function mqttObstacle(settings: MqttSettings, protocol: Protocol): Said | null {
  if (settings.version === '3.1' && protocol.startsWith('mqtt/') && protocol !== 'mqtt/3.1.1') {
    return said('mqtt31')
  }
  if (!protocol.startsWith('mqtt/3.1.1')) return null
  for (const [key, [name, section]] of Object.entries(OF_MQTT_5)) {
    if (settings[key as keyof MqttSettings] === undefined) continue
    return said('onlyMqtt5', { name, section, key })
  }
  return null
}
