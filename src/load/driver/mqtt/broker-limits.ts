import type { IConnackPacket } from 'mqtt-packet'
import { formatCount } from '../../../model/text/format.ts'
import type { Qos } from './publish-frames.ts'

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

/** Reads the limits out of a CONNACK of either version. */
export function readBrokerLimits({ properties }: IConnackPacket): BrokerLimits {
  return {
    receiveMaximum: properties?.receiveMaximum ?? NO_LIMITS.receiveMaximum,
    maximumQos: properties?.maximumQoS ?? NO_LIMITS.maximumQos,
    maximumPacketBytes: properties?.maximumPacketSize ?? NO_LIMITS.maximumPacketBytes,
    serverKeepAliveS: properties?.serverKeepAlive ?? NO_LIMITS.serverKeepAliveS,
  }
}

/**
 * Why messages of this QoS must not be sent, in words: [MQTT-3.2.2-11] and
 * [MQTT-3.2.2-15]. Null where they may be.
 * @param largestBytes length of the largest PUBLISH packet
 */
export function obstacleToPublishing(
  { maximumQos, maximumPacketBytes }: BrokerLimits,
  qos: Qos,
  largestBytes: number,
): string | null {
  if (qos > maximumQos) return `the broker takes QoS ${maximumQos} at most`
  if (largestBytes > maximumPacketBytes) {
    const [most, size] = [formatCount(maximumPacketBytes), formatCount(largestBytes)]
    return `the broker takes packets of ${most} bytes at most, and a message is ${size}`
  }
  return null
}
