import type { EndToEnd, Received } from '../model/report/reception.ts'
import type { Cell, Counts } from '../model/report/report.ts'
import { quoted, type Said, said } from '../model/said/said.ts'
import type { Role } from '../model/vocabulary.ts'

export type RunCell = Exclude<Cell, { status: 'skipped' }>

/** One cell of one part of a load whose publishers and subscribers are apart. */
export interface EndCell {
  role: Role
  number: number
  /** How long after the common start it began, by its own clock; null where there was none. */
  lateMs: number | null
  cell: Cell
}

/** What both ends together say of a cell. */
export interface Ends {
  received?: Received
  endToEnd: EndToEnd
  /** Null where it is not known what arrived. */
  counts: Counts | null
  warnings: Said[]
}

/**
 * Holds what publishers sent against what subscribers were told.
 * @param isWhole whether each part of both is there, and was not cut short
 */
export function holdEnds(cells: readonly EndCell[], isWhole: boolean): Ends {
  const publishers = cells.filter(({ role }) => role === 'publish')
  const subscribers = cells.filter(({ role }) => role === 'subscribe')
  const runs = publishers.flatMap(({ cell }) => ran(cell)).flatMap((cell) => cell.load?.runs ?? [])
  const stretches = runs.flatMap(({ stretches }) => stretches)
  const sum = (of: 'sent' | 'completed' | 'refused'): number =>
    stretches.reduce((total, stretch) => total + stretch[of], 0)
  const received = addUp(
    subscribers.flatMap(({ cell }) => ran(cell)).flatMap(({ received }) => received ?? []),
  )
  const [sent, completed] = [sum('sent'), sum('completed')]
  const isFlushed = cells[0]?.cell.completion === 'flushed'
  const deaf = subscribers.flatMap(({ number, cell }) =>
    cell.status === 'failed'
      ? [said('subscriberFailed', { number, why: quoted(cell.reason) })]
      : [],
  )
  const obstacles = [...(isWhole ? [] : [said('endsNotWhole')]), ...deaf]
  const held = received !== null && obstacles.length === 0 ? compare(sent, received) : null
  // What is missing may have been published before it was there to be told.
  const late =
    held !== null && held.lost > 0
      ? subscribers.flatMap(({ number, lateMs }) =>
          lateMs !== null && lateMs > 0 ? [said('subscriberLate', { number })] : [],
        )
      : []
  const told = late.length > 0 ? null : held
  const isNumbered = (received?.sequence ?? null) !== null
  return {
    ...(received !== null && { received }),
    endToEnd: {
      ...{ publishers: publishers.length, subscribers: subscribers.length, sent },
      acknowledged: isFlushed ? null : completed - sum('refused'),
      delivered: told?.delivered ?? null,
      missing: told?.lost ?? null,
      duplicated: told?.duplicated ?? null,
      reordered: told === null ? null : (received?.sequence?.reordered ?? null),
      corrupted: told?.corrupted ?? null,
      unknown: [
        ...obstacles,
        ...late,
        ...(isNumbered || received === null ? [] : [said('endsByCount')]),
        said('endsNoLatency'),
      ],
    },
    counts: told && { sent, completed, ...told },
    warnings:
      told !== null && told.lost + told.duplicated + told.corrupted > 0
        ? [
            said('notIntact', {
              lost: told.lost,
              duplicated: told.duplicated,
              corrupted: told.corrupted,
            }),
          ]
        : [],
  }
}

/** By the numbers of the payloads; by how many there were where they hold none. */
function compare(
  sent: number,
  { messages, corrupted, sequence }: Received,
): Record<'delivered' | 'lost' | 'duplicated' | 'corrupted', number> {
  const intact = messages - corrupted
  const once = sequence === null ? Math.min(intact, sent) : intact - sequence.duplicated
  return {
    delivered: once,
    lost: Math.max(0, sent - once - corrupted),
    duplicated: sequence?.duplicated ?? Math.max(0, messages - sent),
    corrupted,
  }
}

function addUp(all: readonly Received[]): Received | null {
  const [first] = all
  if (first === undefined) return null
  const sum = (of: (each: Received) => number): number =>
    all.reduce((total, each) => total + of(each), 0)
  const sequences = all.flatMap(({ sequence }) => sequence ?? [])
  const ofSequences = (of: 'duplicated' | 'reordered' | 'gaps'): number =>
    sequences.reduce((total, sequence) => total + sequence[of], 0)
  return {
    listeningAt: all
      .map(({ listeningAt }) => listeningAt)
      .toSorted()
      .at(-1) as string,
    connections: sum(({ connections }) => connections),
    silent: sum(({ silent }) => silent),
    messages: sum(({ messages }) => messages),
    bytes: sum(({ bytes }) => bytes),
    corrupted: sum(({ corrupted }) => corrupted),
    sequence:
      first.sequence === null || sequences.length < all.length
        ? null
        : {
            repeatsAfter: first.sequence.repeatsAfter,
            duplicated: ofSequences('duplicated'),
            reordered: ofSequences('reordered'),
            gaps: ofSequences('gaps'),
          },
  }
}

const ran = (cell: Cell): RunCell[] => (cell.status === 'skipped' ? [] : [cell])
