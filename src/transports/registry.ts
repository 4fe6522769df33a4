import { InstrumentError } from '../model/errors.ts'
import { suggestNearest } from '../model/text/nearest.ts'
import type { Flow } from '../model/vocabulary.ts'
import type { Library } from '../model/wire/library.ts'
import type { RegistryEntry } from './registry-entry.ts'
import { REGISTRY } from './registry-index.ts'
import { TRANSPORT_GROUPS, type Transport } from './transport.ts'
import { optionWords } from './words/option-words.ts'

const ENTRIES: ReadonlyMap<string, RegistryEntry> = new Map(
  REGISTRY.map((entry) => [entry.id, entry]),
)

/** Every id, in the order of tables. */
export const TRANSPORT_IDS: readonly string[] = [...ENTRIES.keys()]

export type TransportListing = Omit<RegistryEntry, 'load'>

/** Describes every transport, in the order of tables, without loading any. */
export function listTransports(): TransportListing[] {
  return REGISTRY.map(({ load, ...told }) => told)
}

/** What a transport speaks through; nothing where this version has none of that name. */
export const librariesOf = (id: string): readonly Library[] => ENTRIES.get(id)?.libraries ?? []

/** Each library of any transport once, by its name. */
export const LIBRARY_NAMES: readonly string[] = [
  ...new Set(REGISTRY.flatMap(({ libraries }) => libraries.map(({ name }) => name))),
].sort()

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
export function resolveForFlow(selectors: readonly string[], flow: Flow): string[] {
  const ids = resolveTransports(selectors)
  const named = new Set(selectors)
  const fitting = ids.filter((id) => named.has(id) || ENTRIES.get(id)?.traits.flows.includes(flow))
  return fitting.length === 0 ? ids : fitting
}

function idsOf(selector: string): readonly string[] {
  return REGISTRY.filter(
    ({ id, groups }) => id === selector || groups.some((group) => group === selector),
  ).map(({ id }) => id)
}

function notFound(name: string, known: readonly string[]): InstrumentError {
  const meant = suggestNearest(name, known)
  return new InstrumentError(
    'transport-not-found',
    optionWords.noTransport(JSON.stringify(name), meant),
  )
}
