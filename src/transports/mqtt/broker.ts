import { InstrumentError } from '../../model/errors.ts'
import type { Said } from '../../model/said/said.ts'
import { listNames } from '../../model/text/language.ts'
import { type NoOptions, onlyOption, refuseOptions } from '../no-options.ts'
import type { Security } from '../tls/security.ts'
import type { Endpoint, ServeContext, Transport, TransportTraits } from '../transport.ts'
import { optionWords } from '../words/option-words.ts'
import { openTlsDoor, serveAedes } from './aedes-broker.ts'
import { BROKERS, type Broker } from './brokers.ts'
import { serveMosquitto, serveMosquittoBehind } from './mosquitto-broker.ts'
import { findMosquitto } from './mosquitto-program.ts'
import { openMqttjsStream } from './mqttjs-client.ts'
import { type WatchSettings, watchTopic } from './watch-topic.ts'

export interface BrokerOptions {
  /** Aedes if left out. */
  readonly broker?: Broker
}

/** What differs on Mosquitto: its application is a subscriber, which it knows nothing of. */
export const MOSQUITTO_TRAITS = {
  needs: 'mosquitto',
  legs: 2,
  completedBy: 'broker',
} as const

/** @returns null where this machine has a Mosquitto, else the reason with the line that installs it */
export async function mosquittoAvailability(): Promise<Said | null> {
  const found = await findMosquitto()
  return 'missing' in found ? found.missing : null
}

export async function mosquittoPrograms(): Promise<Record<string, string>> {
  const found = await findMosquitto()
  return 'missing' in found ? {} : { mosquitto: found.version }
}

type Brokered = Required<
  Pick<
    Transport<BrokerOptions>,
    'parseOptions' | 'optionNames' | 'traitsWith' | 'availability' | 'programs' | 'serve' | 'watch'
  >
>

/** The serving side of an MQTT 5 transport, which Mosquitto alone has; and who watches at another. */
export function onMosquitto(
  id: string,
  qos: WatchSettings['qos'],
  security: Security,
): Required<
  Pick<Transport<NoOptions>, 'parseOptions' | 'availability' | 'programs' | 'serve' | 'watch'>
> {
  const settings: WatchSettings = { protocolVersion: 5, qos }
  return {
    parseOptions: refuseOptions(id),
    availability: mosquittoAvailability,
    programs: mosquittoPrograms,
    serve: (_options, context) => serveOn(context, settings, security),
    watch: watcher(security, settings),
  }
}

/** The serving side of an MQTT 3.1.1 transport, on the broker that its options name; and who watches at another. */
export function onChosenBroker(
  id: string,
  traits: TransportTraits,
  qos: WatchSettings['qos'],
): Brokered {
  const security = traits.secure ? 'tls' : 'clear'
  const settings: WatchSettings = { protocolVersion: 4, qos }
  return {
    optionNames: ['broker'],
    parseOptions: (input) => parseBrokerOptions(id, input),
    traitsWith: ({ broker }) =>
      broker === 'mosquitto' ? { ...traits, ...MOSQUITTO_TRAITS } : traits,
    availability: async ({ broker }) =>
      broker === 'mosquitto' ? await mosquittoAvailability() : null,
    programs: async ({ broker }) => (broker === 'mosquitto' ? await mosquittoPrograms() : {}),
    serve: async ({ broker }: BrokerOptions, context: ServeContext): Promise<Endpoint> =>
      broker === 'mosquitto'
        ? serveOn(context, settings, security)
        : serveAedes(context, security === 'tls' ? await openTlsDoor(context) : undefined),
    watch: watcher(security, settings),
  }
}

const serveOn = (
  context: ServeContext,
  settings: WatchSettings,
  security: Security,
): Promise<Endpoint> =>
  security === 'tls'
    ? serveMosquittoBehind(context, settings, openTlsDoor)
    : serveMosquitto(context, settings)

/** Who watches over TCP or TLS. */
export const watcher =
  (security: Security, settings: WatchSettings): NonNullable<Transport['watch']> =>
  async (address, _options, context, onArrival) => {
    const packets = await openMqttjsStream(security, address, context)
    return watchTopic(address, packets, context, onArrival, settings)
  }

function parseBrokerOptions(id: string, input: unknown): BrokerOptions {
  const broker = onlyOption(id, 'broker', input) ?? 'aedes'
  const known = BROKERS.find((name) => name === broker)
  if (known === undefined) {
    const given = JSON.stringify(broker)
    throw new InstrumentError('usage', optionWords.noBroker(given, id, listNames(BROKERS)))
  }
  return { broker: known }
}
