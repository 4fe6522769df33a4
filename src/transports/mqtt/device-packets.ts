import type { IConnectPacket, IPublishPacket } from 'mqtt-packet'
import { contentTypeOf } from '../../model/scenario/content-type.ts'
import { contentEncodingOf } from '../../model/scenario/payload/encoded.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { revealed } from '../../model/scenario/secret-value.ts'
import type { ServerAccess } from '../transport.ts'
import type { ProtocolLevel } from './broker-limits.ts'

/** Of a CONNECT: what a device says of itself besides its id and its keep-alive. */
export type ConnectFields = Pick<
  IConnectPacket,
  'clean' | 'username' | 'password' | 'will' | 'properties'
> &
  Partial<Pick<IConnectPacket, 'protocolId' | 'protocolVersion'>>

/** Of a PUBLISH: what a device says of each message besides topic, QoS and payload. */
export type PublishFields = Pick<IPublishPacket, 'retain' | 'properties'>

type Said = Pick<Scenario, 'mqtt' | 'token'>

/**
 * The one place that says of every client what its CONNECT has: as mqtt-packet
 * takes it, and MQTT.js among its options.
 */
export function connectFieldsOf(
  { mqtt, token }: Said,
  level: ProtocolLevel,
  access?: ServerAccess,
): ConnectFields {
  const { will, clean, sessionExpiry, version } = mqtt
  return {
    ...(level === 4 && version === '3.1' && { protocolId: 'MQIsdp', protocolVersion: 3 }),
    clean,
    ...credentialsOf(access, mqtt, token),
    ...(will !== undefined && {
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload),
        qos: will.qos as 0 | 1 | 2,
        retain: will.retain,
      },
    }),
    ...(level === 5 &&
      sessionExpiry !== undefined && { properties: { sessionExpiryInterval: sessionExpiry } }),
  }
}

/** MQTT 3.1.1 §3.1.3.4, §3.1.3.5: those that let a device in at a server of the user's, or else the scenario's own. */
export function credentialsOf(
  access: ServerAccess | undefined,
  mqtt: Said['mqtt'],
  token?: Said['token'],
): Pick<ConnectFields, 'username' | 'password'> {
  const secret = mqtt.password ?? token
  const own = secret === undefined ? undefined : revealed(secret)
  const { userName = mqtt.username, password = own } = access?.mqttCredentials ?? {}
  return {
    ...(userName !== undefined && { username: userName }),
    ...(password !== undefined && { password: Buffer.from(password) }),
  }
}

/** The same of what each PUBLISH of the device has: properties in MQTT 5 alone (§3.3.2.3). */
export function publishFieldsOf(
  { mqtt, payload }: Pick<Scenario, 'mqtt' | 'payload'>,
  level: ProtocolLevel,
): PublishFields {
  const { retain, payloadFormat, messageExpiry, responseTopic } = mqtt
  const { contentType = compressedTypeOf({ payload }) } = mqtt
  const { correlationData, userProperties } = mqtt
  const properties: NonNullable<IPublishPacket['properties']> = {
    ...(payloadFormat !== undefined && { payloadFormatIndicator: payloadFormat === 'utf-8' }),
    ...(messageExpiry !== undefined && { messageExpiryInterval: messageExpiry }),
    ...(contentType !== undefined && { contentType }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
    ...(userProperties !== undefined && { userProperties: { ...userProperties } }),
  }
  const hasAny = level === 5 && Object.keys(properties).length > 0
  return { retain, ...(hasAny && { properties }) }
}

/** §3.3.2.3.9 knows a media type alone: how it is compressed stands in a parameter, as nobody registered one. */
function compressedTypeOf({ payload }: Pick<Scenario, 'payload'>): string | undefined {
  const encoding = contentEncodingOf(payload)
  return encoding === null
    ? undefined
    : `${contentTypeOf({ payload })};content-encoding=${encoding}`
}

const utf8 = (text: string): number => 2 + Buffer.byteLength(text)

/** Length of the properties of a PUBLISH (§2.2.2.2): an identifier of one byte each, and the value. */
export function publishPropertyBytes({ properties = {} }: PublishFields): number {
  const { contentType, responseTopic, correlationData, userProperties } = properties
  const strings = [contentType, responseTopic].filter((text) => text !== undefined)
  return (
    (properties.payloadFormatIndicator === undefined ? 0 : 1 + 1) +
    (properties.messageExpiryInterval === undefined ? 0 : 1 + 4) +
    strings.reduce((sum, text) => sum + 1 + utf8(text), 0) +
    (correlationData === undefined ? 0 : 1 + 2 + correlationData.length) +
    Object.entries(userProperties ?? {}).reduce(
      (sum, [name, value]) => sum + 1 + utf8(name) + utf8(String(value)),
      0,
    )
  )
}
