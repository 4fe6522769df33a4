import type { Scenario } from '../model/scenario/scenario.ts'

export interface Adaptation {
  /** Stands before the topic, as it is. */
  readonly topicPrefix: string
  /** In place of the scenario's; null leaves it. */
  readonly clientId: string | null
  /** In place of the scenario's; null leaves it. */
  readonly messages: number | null
}

/** A scenario as it is sent to real servers. */
export function adaptScenario(
  scenario: Scenario,
  { topicPrefix, clientId, messages }: Adaptation,
): Scenario {
  return {
    ...scenario,
    topic: topicPrefix + scenario.topic,
    messages: messages ?? scenario.messages,
    mqtt: { ...scenario.mqtt, clientId: clientId ?? scenario.mqtt.clientId },
  }
}

/** As many characters as tell the transports of a run apart. */
const MARK_CHARACTERS = 2

/**
 * The scenario under a client id of one transport. All of a run are connected to
 * one broker at once, and a broker ends the connection of a client id that
 * connects again [MQTT-3.1.4-2]. The mark takes the place of the last characters,
 * so that no transport sends more than another, or than an id of that length.
 */
export function withOwnClientId(scenario: Scenario, place: number): Scenario {
  const { clientId } = scenario.mqtt
  const mark = place.toString(36).padStart(MARK_CHARACTERS, '0')
  const characters = [...clientId]
  const stem = characters.slice(0, Math.max(0, characters.length - MARK_CHARACTERS)).join('')
  return { ...scenario, mqtt: { ...scenario.mqtt, clientId: stem + mark } }
}

/**
 * The scenario with the header fields that a server wants, in place of its own
 * of the same name. They may be secrets: the result is for connecting alone, and
 * stands in no report.
 */
export function withHeaders(scenario: Scenario, given: Readonly<Record<string, string>>): Scenario {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const own = Object.entries(scenario.http.request.headers).filter(
    ([name]) => !names.has(name.toLowerCase()),
  )
  const request = {
    ...scenario.http.request,
    headers: { ...Object.fromEntries(own), ...given },
  }
  return { ...scenario, http: { ...scenario.http, request } }
}
