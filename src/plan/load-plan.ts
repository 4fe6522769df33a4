import type { Pace } from '../model/pace.ts'
import type { LoadSettings } from '../model/report/load-result.ts'
import type { Role } from '../model/vocabulary.ts'
import { type LoadPart, shareOf } from './part.ts'

/** What a run does under load; bounded in time and number. */
export interface LoadPlan {
  /** Load processes of this generator. */
  workers: number
  /** Of all workers together, of all parts. */
  connections: number
  /** Messages sent and not completed, at most, on each connection. */
  inFlight: number
  /** Whether that holds where answers come in the order of the requests too: asked for, since a client should not (RFC 9112 §9.3.2). */
  pipelines: boolean
  /** Connections opened a second, at most, over all workers; null: as fast as they open. */
  connectPerS: number | null
  /** Whose rows there are: those of the libraries, of bare clients, or both. */
  clients: LoadSettings['clients']
  /** The rate of the open loop; null: at saturation. */
  pace: { pace: Pace; text: string } | null
  /** Steps of rising rate; null: one stretch. */
  sweep: Sweep | null
  /** Of one stretch, or of one step of a sweep. */
  durationMs: number
  /** Ends a stretch earlier; null: the duration alone does. */
  messages: number | null
  warmupMs: number
  /** How long what is unacknowledged is waited for. */
  drainMs: number
  /** Which share of connections, messages and rate this generator has; null: all of it. */
  part: LoadPart | null
  /** What it does of it; null: it publishes, and counts what arrives itself. */
  role: Role | null
  /** When the first stretch begins, in milliseconds since 1970; null: when it is ready. */
  startAtMs: number | null
}

/** The place of one worker among those of all parts. */
export function rankOf(
  { part, workers }: Pick<LoadPlan, 'part' | 'workers'>,
  worker: number,
): { index: number; of: number } {
  const { index, of } = part ?? { index: 0, of: 1 }
  return { index: index * workers + worker, of: of * workers }
}

/** How many of all connections are of this generator. */
export function ownConnections(plan: LoadPlan): number {
  let sum = 0
  for (let worker = 0; worker < plan.workers; worker += 1) {
    const { index, of } = rankOf(plan, worker)
    sum += shareOf(plan.connections, index, of)
  }
  return sum
}

export type Sweep =
  /** Shares of what it carries at saturation, which is measured first. */
  | { readonly kind: 'shares'; readonly shares: readonly number[] }
  | { readonly kind: 'rates'; readonly rates: readonly number[] }

export const SATURATION_SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 1]

/** With `--quick` half of each time. */
export const DEFAULT_LOAD = {
  workers: 1,
  connections: 10,
  inFlight: 10,
  durationMs: 3_000,
  stepMs: 2_000,
  warmupMs: 1_000,
  drainMs: 5_000,
} as const

/** As a report keeps it. */
export function settingsOf(plan: LoadPlan): LoadSettings {
  return {
    workers: plan.workers,
    connections: plan.connections,
    inFlight: plan.inFlight,
    connectPerS: plan.connectPerS,
    clients: plan.clients,
    rate: plan.pace?.text ?? null,
    sweep: plan.sweep === null ? null : describeSweep(plan.sweep),
    durationMs: plan.durationMs,
    messages: plan.messages,
  }
}

function describeSweep(sweep: Sweep): string {
  if (sweep.kind === 'rates') return sweep.rates.join(',')
  return `${sweep.shares.map((share) => `${share * 100} %`).join(', ')} of saturation`
}
