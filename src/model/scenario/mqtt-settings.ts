import * as z from 'zod'
import { mqttString, mqttText, topicName } from './mqtt-strings.ts'
import { protocolPayload } from './payload/protocol-payload.ts'
import { secretValue } from './secret-value-schema.ts'
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
  .refine(({ username, password }) => username !== undefined || password === undefined, {
    path: ['password'],
    error: () => sayWrong.passwordAlone,
  })
  .prefault({})
  .describe('what MQTT needs besides')

export type MqttSettings = z.output<typeof mqttSettings>
