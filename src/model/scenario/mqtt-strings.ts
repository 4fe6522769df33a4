import * as z from 'zod'

/** [MQTT-1.5.3]: a UTF-8 string is preceded by a two-byte length. */
export const MAX_MQTT_STRING_BYTES = 65_535

/** [MQTT-1.5.3-1], [MQTT-1.5.3-2]: well-formed UTF-8, without U+0000, at most 65,535 bytes. */
export const mqttText = z
  .string()
  .refine((text) => !text.includes('\u0000'), {
    error: 'has a NUL character, which MQTT forbids; leave it out',
  })
  .refine((text) => !/\p{Surrogate}/u.test(text), {
    error: 'has half of a surrogate pair, which is not UTF-8; write the whole character',
  })
  .refine((text) => Buffer.byteLength(text) <= MAX_MQTT_STRING_BYTES, {
    error: `is longer than MQTT allows; at most ${MAX_MQTT_STRING_BYTES} bytes in UTF-8`,
  })

/** The same, where an empty one says nothing. */
export const mqttString = (empty: string) => mqttText.refine((text) => text !== '', empty)

export const topicName = mqttString(
  'is empty; a topic has at least one character, such as sensors/temp',
)
  .refine((text) => !/[#+]/.test(text), {
    error: 'has a wildcard (# or +); a message is published to one topic, such as sensors/temp',
  })
  // [MQTT-4.7.2-1]: topics of the server itself; brokers refuse a message to them.
  .refine((text) => !text.startsWith('$SYS/'), {
    error: 'starts with $SYS/, which brokers keep for themselves; choose another',
  })
