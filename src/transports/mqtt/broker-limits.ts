import type { IConnackPacket } from 'mqtt-packet'
import { type Said, type Saying, said } from '../../model/said/said.ts'
import { formatCount } from '../../model/text/format.ts'

export type Qos = 0 | 1 | 2

/** The Protocol Level of CONNECT, as MQTT.js counts versions too: 4 is 3.1.1. */
export type ProtocolLevel = 4 | 5

/** What a broker lets a client do, as its CONNACK says: MQTT 5.0 §3.2.2.3. */
export interface BrokerLimits {
  /** Messages that it takes at once: §3.2.2.3.3. */
  readonly receiveMaximum: number
  /** §3.2.2.3.4. */
  readonly maximumQos: number
  /** Whether it keeps messages, be it a will: §3.2.2.3.5. */
  readonly retain: 'available' | 'refused'
  /** Of a whole packet: §3.2.2.3.6. */
  readonly maximumPacketBytes: number
  /** Holds in place of what the client asked for, [MQTT-3.2.2-21]; null: the client's does. */
  readonly serverKeepAliveS: number | null
}

/**
 * What holds where a property is absent, as all of them are in MQTT 3.1.1: as
 * many as there are packet ids, every QoS, no limit beyond that of the protocol,
 * the client's keep-alive.
 */
const NO_LIMITS: BrokerLimits = {
  receiveMaximum: 65_535,
  maximumQos: 2,
  retain: 'available',
  maximumPacketBytes: Number.POSITIVE_INFINITY,
  serverKeepAliveS: null,
}

/** Reads the limits out of a CONNACK of either version. */
export function readBrokerLimits({ properties }: Pick<IConnackPacket, 'properties'>): BrokerLimits {
  return {
    receiveMaximum: properties?.receiveMaximum ?? NO_LIMITS.receiveMaximum,
    maximumQos: properties?.maximumQoS ?? NO_LIMITS.maximumQos,
    retain: properties?.retainAvailable === false ? 'refused' : NO_LIMITS.retain,
    maximumPacketBytes: properties?.maximumPacketSize ?? NO_LIMITS.maximumPacketBytes,
    serverKeepAliveS: properties?.serverKeepAlive ?? NO_LIMITS.serverKeepAliveS,
  }
}

/**
 * Why messages of this QoS must not be sent: [MQTT-3.2.2-11], [MQTT-3.2.2-14] and [MQTT-3.2.2-15]. Null where they may be.
 * @param largestBytes length of the largest PUBLISH packet
 */
export function obstacleToPublishing(
  place: Said,
  { maximumQos, retain, maximumPacketBytes }: BrokerLimits,
  { qos, retain: isRetained = false }: { qos: Qos; retain?: boolean },
  largestBytes: number,
): Saying | null {
  if (qos > maximumQos) return said('mostQos', { place, qos: maximumQos })
  if (isRetained && retain === 'refused') return said('noRetain', { place })
  if (largestBytes > maximumPacketBytes) {
    const [most, size] = [formatCount(maximumPacketBytes), formatCount(largestBytes)]
    return said('mostPacketBytes', { place, most, size })
  }
  return null
}

/** A topic alias among the properties of a PUBLISH (§3.3.2.3.4). */
const ALIAS_BYTES = 3

/** What is published, but for its payload. */
export interface Publishing {
  readonly topic: string
  readonly qos: Qos
  readonly level: ProtocolLevel
  readonly alias: boolean
  /** Of its properties; none if left out. */
  readonly propertyBytes?: number
}

/** The length of a whole PUBLISH packet (§3.3), as large as it gets: with its topic, and its alias where there is one. */
export function publishBytes(
  { topic, qos, level, alias, propertyBytes = 0 }: Publishing,
  payloadBytes: number,
): number {
  const own = (alias ? ALIAS_BYTES : 0) + propertyBytes
  const properties = level === 5 ? variableIntegerBytes(own) + own : 0
  const rest = 2 + Buffer.byteLength(topic) + (qos > 0 ? 2 : 0) + properties + payloadBytes
  return 1 + variableIntegerBytes(rest) + rest
}

/** §1.5.5: seven bits a byte. */
function variableIntegerBytes(value: number): number {
  let bytes = 1
  for (let left = value >> 7; left > 0; left >>= 7) bytes += 1
  return bytes
}
