import * as z from 'zod'
import { sayWrong } from './words.ts'

/** [MQTT-1.5.3]: a UTF-8 string is preceded by a two-byte length. */
export const MAX_MQTT_STRING_BYTES = 65_535

/** [MQTT-1.5.3-1], [MQTT-1.5.3-2]: well-formed UTF-8, without U+0000, at most 65,535 bytes. */
export const mqttText = z
  .string()
  .refine((text) => !text.includes('\u0000'), {
    error: () => sayWrong.nul,
  })
  .refine((text) => !/\p{Surrogate}/u.test(text), {
    error: () => sayWrong.surrogate,
  })
  .refine((text) => Buffer.byteLength(text) <= MAX_MQTT_STRING_BYTES, {
    error: () => sayWrong.longString(MAX_MQTT_STRING_BYTES),
  })

/** The same, where an empty one says nothing. */
export const mqttString = (empty: () => string) =>
  mqttText.refine((text) => text !== '', { error: empty })

export const topicName = mqttString(() => sayWrong.emptyTopic)
  .refine((text) => !/[#+]/.test(text), {
    error: () => sayWrong.wildcard,
  })
  // [MQTT-4.7.2-1]: topics of the server itself; brokers refuse a message to them.
  .refine((text) => !text.startsWith('$SYS/'), {
    error: () => sayWrong.sys,
  })
