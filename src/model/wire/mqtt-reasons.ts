/** What CONNACK says in MQTT 3.1.1 (§3.2.2.3); 0 accepts. */
export const MQTT311_RETURN_CODES = {
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
} as const

/** Reason Codes by their meaning (MQTT 5.0 §2.4); what 0 means depends on the packet. */
export const MQTT5_REASONS = {
  1: 'granted QoS 1',
  2: 'granted QoS 2',
  4: 'disconnect with will message',
  16: 'no matching subscribers',
  17: 'no subscription existed',
  24: 'continue authentication',
  25: 're-authenticate',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  139: 'server shutting down',
  140: 'bad authentication method',
  141: 'keep alive timeout',
  142: 'session taken over',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  145: 'packet identifier in use',
  146: 'packet identifier not found',
  147: 'receive maximum exceeded',
  148: 'topic alias invalid',
  149: 'packet too large',
  150: 'message rate too high',
  151: 'quota exceeded',
  152: 'administrative action',
  153: 'payload format invalid',
  154: 'retain not supported',
  155: 'QoS not supported',
  156: 'use another server',
  157: 'server moved',
  158: 'shared subscriptions not supported',
  159: 'connection rate exceeded',
  160: 'maximum connect time',
  161: 'subscription identifiers not supported',
  162: 'wildcard subscriptions not supported',
} as const

/** Codes from here on say that it failed (MQTT 5.0 §2.4; of a SUBACK also 3.1.1 §3.9.3). */
export const FIRST_FAILURE = 128

/** Each of them, so that its translation is not forgotten. */
export type MqttMeaning =
  | (typeof MQTT311_RETURN_CODES)[keyof typeof MQTT311_RETURN_CODES]
  | (typeof MQTT5_REASONS)[keyof typeof MQTT5_REASONS]

type Meanings = Readonly<Record<number, MqttMeaning>>

export const returnCodeOf = (code: number): MqttMeaning | undefined =>
  (MQTT311_RETURN_CODES as Meanings)[code]

export const reasonOf = (code: number): MqttMeaning | undefined => (MQTT5_REASONS as Meanings)[code]
