import type { Protocol } from '../vocabulary.ts'
import type { Scenario } from './scenario.ts'

/** The payload that a protocol has of its own; undefined where it sends what all do. */
const ownOf = ({ http, mqtt }: Scenario, protocol: Protocol): Scenario['payload'] | undefined => {
  if (protocol.startsWith('http/')) return http.payload
  return protocol.startsWith('mqtt/') ? mqtt.payload : undefined
}

/** The scenario as this protocol sends it. */
export function asSentBy(scenario: Scenario, protocol: Protocol): Scenario {
  const payload = ownOf(scenario, protocol)
  return payload === undefined ? scenario : { ...scenario, payload }
}

/** Whether its figures over HTTP and over MQTT are of different content. */
export const differsByProtocol = ({ http, mqtt }: Pick<Scenario, 'http' | 'mqtt'>): boolean =>
  (http.payload ?? mqtt.payload) !== undefined
