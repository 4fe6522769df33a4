import { targetKindOf } from '../report/target-kind.ts'
import { type Said, said } from '../said/said.ts'
import type { Protocol } from '../vocabulary.ts'
import type { MqttSettings } from './mqtt-settings.ts'
import type { Scenario } from './scenario.ts'

/** The scenario as this protocol sends it, which may have a payload of its own. */
export function asSentBy(scenario: Scenario, protocol: Protocol): Scenario {
  const kind = targetKindOf(protocol)
  const payload = kind === null ? undefined : scenario[kind].payload
  return payload === undefined ? scenario : { ...scenario, payload }
}

/** Whether its figures over HTTP and over MQTT are of different content. */
export const differsByProtocol = ({ http, mqtt }: Pick<Scenario, 'http' | 'mqtt'>): boolean =>
  (http.payload ?? mqtt.payload) !== undefined

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
