import { distance } from 'fastest-levenshtein'
import { InstrumentError } from '../model/errors.ts'
import type { Flow } from '../model/vocabulary.ts'
import type { Transport, TransportGroup, TransportTraits } from './transport.ts'
import { TRANSPORT_GROUPS } from './transport.ts'

interface Entry {
  /**
   * Besides `all`, which has every one. `tls`, `uplink` and `downlink` say what
   * the traits say; a test holds them together. Controls stand apart.
   */
  readonly groups: readonly Exclude<TransportGroup, 'all'>[]
  readonly load: () => Promise<Transport>
}

/**
 * Every transport, in the order of tables: one line each. A transport's file
 * imports its protocol library only in `serve` and `connect`, so that loading
 * all of them for a list takes milliseconds.
 */
const REGISTRY = {
  http1: {
    groups: ['default', 'http', 'uplink'],
    load: async () => (await import('./http/http1.ts')).http1,
  },
  'http1-close': {
    groups: ['http', 'uplink'],
    load: async () => (await import('./http/http1.ts')).http1Close,
  },
  'http1-bare': {
    groups: ['http', 'uplink'],
    load: async () => (await import('./http/http1-bare.ts')).http1Bare,
  },
  'http1-replay': {
    groups: ['http', 'uplink'],
    load: async () => (await import('./http/http1-replay.ts')).http1Replay,
  },
  https1: {
    groups: ['http', 'tls', 'uplink'],
    load: async () => (await import('./http/http1.ts')).https1,
  },
  'https1-close': {
    groups: ['http', 'tls', 'uplink'],
    load: async () => (await import('./http/http1.ts')).https1Close,
  },
  'https1-resumed': {
    groups: ['http', 'tls', 'uplink'],
    load: async () => (await import('./http/http1.ts')).https1Resumed,
  },
  h2c: {
    groups: ['http', 'uplink'],
    load: async () => (await import('./http/http2.ts')).h2c,
  },
  http2: {
    groups: ['http', 'tls', 'uplink'],
    load: async () => (await import('./http/http2.ts')).http2OverTls,
  },
  'http-poll': {
    groups: ['http', 'downlink'],
    load: async () => (await import('./http/downlink/http-poll.ts')).httpPoll,
  },
  'http-long-poll': {
    groups: ['http', 'downlink'],
    load: async () => (await import('./http/downlink/http-long-poll.ts')).httpLongPoll,
  },
  sse: {
    groups: ['http', 'downlink'],
    load: async () => (await import('./http/downlink/sse.ts')).sse,
  },
  'mqtt-qos0': {
    groups: ['default', 'mqtt', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqttjs.ts')).mqttQos0,
  },
  'mqtt-qos1': {
    groups: ['default', 'mqtt', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqttjs.ts')).mqttQos1,
  },
  'mqtt-qos2': {
    groups: ['mqtt', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqttjs.ts')).mqttQos2,
  },
  'mqtt-close': {
    groups: ['mqtt', 'uplink'],
    load: async () => (await import('./mqtt/mqtt-close.ts')).mqttClose,
  },
  'mqtts-qos0': {
    groups: ['mqtt', 'tls', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqttjs.ts')).mqttsQos0,
  },
  'mqtts-qos1': {
    groups: ['mqtt', 'tls', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqttjs.ts')).mqttsQos1,
  },
  'mqtts-qos2': {
    groups: ['mqtt', 'tls', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqttjs.ts')).mqttsQos2,
  },
  'mqtts-close': {
    groups: ['mqtt', 'tls', 'uplink'],
    load: async () => (await import('./mqtt/mqtt-close.ts')).mqttsClose,
  },
  'mqtts-resumed': {
    groups: ['mqtt', 'tls', 'uplink'],
    load: async () => (await import('./mqtt/mqtt-close.ts')).mqttsResumed,
  },
  'mqtt-qos1-bare': {
    groups: ['mqtt', 'uplink'],
    load: async () => (await import('./mqtt/mqtt-qos1-bare.ts')).mqttQos1Bare,
  },
  'mqtt5-qos0': {
    groups: ['mqtt', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqtt5.ts')).mqtt5Qos0,
  },
  'mqtt5-qos1': {
    groups: ['mqtt', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqtt5.ts')).mqtt5Qos1,
  },
  'mqtt5-qos2': {
    groups: ['mqtt', 'uplink', 'downlink'],
    load: async () => (await import('./mqtt/mqtt5.ts')).mqtt5Qos2,
  },
  'mqtt5-alias-qos0': {
    groups: ['mqtt', 'uplink'],
    load: async () => (await import('./mqtt/mqtt5.ts')).mqtt5AliasQos0,
  },
  'mqtt5-alias-qos1': {
    groups: ['mqtt', 'uplink'],
    load: async () => (await import('./mqtt/mqtt5.ts')).mqtt5AliasQos1,
  },
  'mqtt-ws-qos1': {
    groups: ['mqtt', 'uplink'],
    load: async () => (await import('./websocket/mqtt-websocket.ts')).mqttWsQos1,
  },
  'mqtt-wss-qos1': {
    groups: ['mqtt', 'tls', 'uplink'],
    load: async () => (await import('./websocket/mqtt-websocket.ts')).mqttWssQos1,
  },
  websocket: {
    groups: ['uplink', 'downlink'],
    load: async () => (await import('./websocket/websocket.ts')).websocket,
  },
  socketio: {
    groups: ['uplink', 'downlink'],
    load: async () => (await import('./websocket/socketio.ts')).socketio,
  },
  'coap-con': {
    groups: ['uplink'],
    load: async () => (await import('./coap/coap-uplink.ts')).coapCon,
  },
  'coap-non': {
    groups: ['uplink'],
    load: async () => (await import('./coap/coap-uplink.ts')).coapNon,
  },
  'coap-observe': {
    groups: ['downlink'],
    load: async () => (await import('./coap/coap-observe.ts')).coapObserve,
  },
  tcp: { groups: ['controls'], load: async () => (await import('./control/tcp.ts')).tcp },
  memory: { groups: ['controls'], load: async () => (await import('./control/memory.ts')).memory },
} satisfies Record<string, Entry>

const ENTRIES: ReadonlyMap<string, Entry> = new Map(Object.entries(REGISTRY))

/** Every id, in the order of tables. */
export const TRANSPORT_IDS: readonly string[] = [...ENTRIES.keys()]

export interface TransportListing {
  readonly id: string
  readonly title: string
  readonly traits: TransportTraits
  /** What `-t` can name besides the id. */
  readonly groups: readonly TransportGroup[]
}

/** Describes every transport, in the order of tables, without starting any. */
export function listTransports(): Promise<TransportListing[]> {
  return Promise.all(
    Array.from(ENTRIES.values(), async ({ groups, load }) => {
      const { id, title, traits } = await load()
      return { id, title, traits, groups: [...groups, 'all' as const] }
    }),
  )
}

/** @throws InstrumentError `transport-not-found`, suggesting the nearest name */
export async function loadTransport(id: string): Promise<Transport> {
  const entry = ENTRIES.get(id)
  if (entry === undefined) throw notFound(id, TRANSPORT_IDS)
  return entry.load()
}

/**
 * The ids that ids and groups stand for, in the order of tables, each once.
 * @throws InstrumentError `transport-not-found`, suggesting the nearest name
 */
export function resolveTransports(selectors: readonly string[]): string[] {
  const chosen = new Set<string>()
  for (const selector of selectors) {
    const ids = idsOf(selector)
    if (ids.length === 0) throw notFound(selector, [...TRANSPORT_IDS, ...TRANSPORT_GROUPS])
    for (const id of ids) chosen.add(id)
  }
  return TRANSPORT_IDS.filter((id) => chosen.has(id))
}

/**
 * Those of `resolveTransports` that a scenario can be measured on: what only a
 * group brought along, and what has no such flow, is left out. An id stays
 * whatever it lacks, and so do all where none is left: their cells say why.
 * @throws InstrumentError `transport-not-found`, suggesting the nearest name
 */
export async function resolveForFlow(selectors: readonly string[], flow: Flow): Promise<string[]> {
  const ids = resolveTransports(selectors)
  const named = new Set(selectors)
  const fitting: string[] = []
  for (const id of ids) {
    const { flows } = (await loadTransport(id)).traits
    if (named.has(id) || flows.includes(flow)) fitting.push(id)
  }
  return fitting.length === 0 ? ids : fitting
}

function idsOf(selector: string): readonly string[] {
  if (selector === 'all') return TRANSPORT_IDS
  return TRANSPORT_IDS.filter(
    (id) => id === selector || ENTRIES.get(id)?.groups.some((group) => group === selector),
  )
}

function notFound(name: string, known: readonly string[]): InstrumentError {
  const nearest = known.reduce((best, candidate) =>
    distance(name, candidate) < distance(name, best) ? candidate : best,
  )
  return new InstrumentError(
    'transport-not-found',
    `${JSON.stringify(name)} is no transport; did you mean ${nearest}? Known: ${known.join(', ')}`,
  )
}
