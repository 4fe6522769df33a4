import type { Scenario } from '../model/scenario/scenario.ts'
import type { Transport, TransportTraits, Waiting } from './transport.ts'

/** What a run asks of its transports, by the name of the option; each takes those that it has. */
export type TransportOptions = Readonly<Record<string, unknown>>

/** @throws InstrumentError `usage`, naming the option */
export function optionsFor<Options>(
  transport: Transport<Options>,
  given: TransportOptions,
): Options {
  const own = (transport.optionNames ?? []).filter((name) => given[name] !== undefined)
  return transport.parseOptions(Object.fromEntries(own.map((name) => [name, given[name]])))
}

/** What a transport is in a run with these options. */
export const traitsFor = (transport: Transport, given: TransportOptions): TransportTraits =>
  transport.traitsWith?.(optionsFor(transport, given)) ?? transport.traits

/** How its device waits for commands in a run with these options. */
export const waitingFor = (
  transport: Transport,
  given: TransportOptions,
  scenario: Scenario,
): Waiting | null => transport.waiting?.(optionsFor(transport, given), scenario) ?? null

/** Of a transport that does not say. */
export const SILENT_PUSH: Waiting = { delivery: 'pushed', everyS: null }
