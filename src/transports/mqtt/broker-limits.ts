import type { IConnackPacket } from 'mqtt-packet'
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
  maximumPacketBytes: Number.POSITIVE_INFINITY,
  serverKeepAliveS: null,
}

/**
 * Reads the limits out of a CONNACK of either version. Retain Available is not
 * among them: nothing that is sent here asks to be retained, and there is no will.
 */
export function readBrokerLimits({ properties }: Pick<IConnackPacket, 'properties'>): BrokerLimits {
  return {
    receiveMaximum: properties?.receiveMaximum ?? NO_LIMITS.receiveMaximum,
    maximumQos: properties?.maximumQoS ?? NO_LIMITS.maximumQos,
    maximumPacketBytes: properties?.maximumPacketSize ?? NO_LIMITS.maximumPacketBytes,
    serverKeepAliveS: properties?.serverKeepAlive ?? NO_LIMITS.serverKeepAliveS,
  }
}

/**
 * Why messages of this QoS must not be sent, in words that follow the broker's
 * name: [MQTT-3.2.2-11] and [MQTT-3.2.2-15]. Null where they may be.
 * @param largestBytes length of the largest PUBLISH packet
 */
export function obstacleToPublishing(
  { maximumQos, maximumPacketBytes }: BrokerLimits,
  qos: Qos,
  largestBytes: number,
): string | null {
  if (qos > maximumQos) {
    return `takes QoS ${maximumQos} at most (CONNACK, MQTT 5.0 §3.2.2.3.4); name a transport of QoS ${maximumQos}`
  }
  if (largestBytes > maximumPacketBytes) {
    const [most, size] = [formatCount(maximumPacketBytes), formatCount(largestBytes)]
    return `takes packets of ${most} bytes at most (CONNACK, MQTT 5.0 §3.2.2.3.6), and a message is ${size}; send a smaller payload, or raise its limit`
  }
  return null
}

/** A topic alias among the properties of a PUBLISH (§3.3.2.3.4). */
const ALIAS_BYTES = 3

/** The length of a whole PUBLISH packet (§3.3), as large as it gets: with its topic, and its alias where there is one. */
export function publishBytes(
  { topic, qos, level, alias }: { topic: string; qos: Qos; level: ProtocolLevel; alias: boolean },
  payloadBytes: number,
): number {
  const properties = level === 5 ? 1 + (alias ? ALIAS_BYTES : 0) : 0
  const rest = 2 + Buffer.byteLength(topic) + (qos > 0 ? 2 : 0) + properties + payloadBytes
  return 1 + variableIntegerBytes(rest) + rest
}

/** §1.5.5: seven bits a byte. */
function variableIntegerBytes(value: number): number {
  let bytes = 1
  for (let left = value >> 7; left > 0; left >>= 7) bytes += 1
  return bytes
}
