import type { Scenario } from '../model/scenario/scenario.ts'

/** Where one kind of message travels: MQTT topic (Socket.IO event, CoAP path…) and HTTP path. */
export interface Channel {
  readonly topic: string
  readonly path: string
}

/** What one side of a connection sends on and listens to. */
export interface Channels {
  readonly sends: Channel
  readonly receives: Channel
}

/**
 * The device's channels. In a `roundtrip` commands come on `<topic>/set` and
 * states go out on `<topic>/state`; in every other flow there is the scenario's
 * own topic and path, whoever sends.
 */
export function deviceChannels(scenario: Scenario): Channels {
  if (scenario.flow !== 'roundtrip') return { sends: scenario, receives: scenario }
  return { sends: below(scenario, 'state'), receives: below(scenario, 'set') }
}

/** The app's channels: those of the device from the other side. */
export function appChannels(scenario: Scenario): Channels {
  const { sends, receives } = deviceChannels(scenario)
  return { sends: receives, receives: sends }
}

function below({ topic, path }: Channel, name: string): Channel {
  const queryAt = path.indexOf('?')
  const [place, query] = queryAt === -1 ? [path, ''] : [path.slice(0, queryAt), path.slice(queryAt)]
  return { topic: `${topic}/${name}`, path: `${place.replace(/\/$/, '')}/${name}${query}` }
}
