import { type CostLine, costOf, meanFurtherOf } from '../model/cost-line.ts'
import type {
  BreakEven,
  BytesResult,
  Cell,
  PairBreakEven,
  Renewals,
  TransportCost,
  Wakes,
} from '../model/report/report.ts'
import { sumLedger } from '../model/wire/ledger.ts'

/** Which of two is cheaper in the long run, and from where on. Message counts start at 1. */
export interface Crossing {
  /** Null where neither stays ahead: both cost the same, or take turns for ever. */
  cheaper: 'left' | 'right' | null
  /** The smallest number of messages from which on it is strictly cheaper; 1: always. */
  fromMessages: number
  /** The other one is strictly cheaper up to this many messages; 0: never. */
  otherUpToMessages: number
}

type Cost = Renewals['begun']

/** Costs are means over whole bytes: what differs by less than this differs by rounding. */
const TOLERANCE = 1e-9

/** Where one line falls below the other for good. */
export function crossingOf(left: CostLine, right: CostLine): Crossing {
  const further = differenceOf(meanFurtherOf(left), meanFurtherOf(right))
  const first = differenceOf(left.first, right.first)
  if (further === 0) return crossingOfEqualMeans(left, right)
  const leftWins = further < 0
  const [winner, other] = leftWins ? [left, right] : [right, left]
  const jumps = Math.abs(left.renewal?.cost ?? 0) + Math.abs(right.renewal?.cost ?? 0)
  /** From here on no renewal can make up for what the winner is ahead. */
  const surely = 2 + Math.ceil((Math.abs(first) + jumps) / Math.abs(further))
  return {
    cheaper: leftWins ? 'left' : 'right',
    ...(jumps > 0 && surely <= MOST_COUNTED ? counted(winner, other, surely) : met(winner, other)),
  }
}

/**
 * Lines that rise alike in the long run. With renewals they rise in steps, whose
 * pattern repeats: one is ahead for good where it is throughout the pattern.
 */
function crossingOfEqualMeans(left: CostLine, right: CostLine): Crossing {
  const every = [left, right].map(({ renewal }) => renewal?.everyMessages ?? 1)
  const period = leastCommonMultiple(every[0] as number, every[1] as number)
  const lead = Math.sign(differenceOf(costOf(left, 1), costOf(right, 1)))
  let isThroughout = lead !== 0 && period <= MOST_COUNTED
  for (let n = 2; isThroughout && n <= period; n += 1) {
    isThroughout = Math.sign(differenceOf(costOf(left, n), costOf(right, n))) === lead
  }
  const cheaper = isThroughout ? (lead < 0 ? 'left' : 'right') : null
  return { cheaper, fromMessages: 1, otherUpToMessages: 0 }
}

function leastCommonMultiple(a: number, b: number): number {
  let [greater, rest] = [a, b]
  while (rest > 0) [greater, rest] = [rest, greater % rest]
  return (a / greater) * b
}

type Bounds = Omit<Crossing, 'cheaper'>

/** Lines with renewals are no lines: they may cross several times, which is found by counting. */
const MOST_COUNTED = 1_000_000

function counted(winner: CostLine, other: CostLine, surely: number): Bounds {
  const lead = (messages: number): number =>
    differenceOf(costOf(other, messages), costOf(winner, messages))
  let from = surely
  while (from > 1 && lead(from - 1) > 0) from -= 1
  let upTo = 0
  while (upTo < from - 1 && lead(upTo + 1) < 0) upTo += 1
  return { fromMessages: from, otherUpToMessages: upTo }
}

function met(winner: CostLine, other: CostLine): Bounds {
  /** What the winner has to make up for, and how much of it each further message does. */
  const debt = winner.first - other.first
  const gain = meanFurtherOf(other) - meanFurtherOf(winner)
  // With a head start there is nothing to make up for; otherwise this is where it is made up.
  const meeting = debt < -TOLERANCE ? 0 : Math.floor(debt / gain) + 1
  let from = Math.max(1, meeting)
  let upTo = meeting
  // Both are near: a tie is neither's, and a mean may have been rounded.
  while (differenceOf(costOf(winner, from), costOf(other, from)) >= 0) from += 1
  while (upTo > 0 && differenceOf(costOf(other, upTo), costOf(winner, upTo)) >= 0) upTo -= 1
  return { fromMessages: from, otherUpToMessages: upTo }
}

/** 0 where the two are equal but for rounding. */
function differenceOf(a: number, b: number): number {
  const difference = a - b
  return Math.abs(difference) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b)) ? 0 : difference
}

/**
 * The costs of every measured cell, and for each pair of transports of a
 * scenario from how many messages one is cheaper, in bytes and in round trips.
 * Idle traffic is left out: how much of it there is depends on time, not on messages.
 */
export function breakEvenOf(cells: readonly Cell[]): BreakEven {
  const costs = cells.flatMap((cell) => costsOf(cell, cells))
  const pairs = costs.flatMap((left, index) =>
    costs
      .slice(index + 1)
      .filter((right) => right.scenario === left.scenario)
      .map((right): PairBreakEven => pairOf(left, right)),
  )
  return { costs, pairs }
}

function pairOf(left: TransportCost, right: TransportCost): PairBreakEven {
  const name = (line: CostLine, other: CostLine): PairBreakEven['bytes'] => {
    const { cheaper, ...rest } = crossingOf(line, other)
    const id = { left: left.transport, right: right.transport }
    return { cheaper: cheaper === null ? null : id[cheaper], ...rest }
  }
  return {
    scenario: left.scenario,
    between: [left.transport, right.transport],
    bytes: name(left.bytes, right.bytes),
    roundTrips:
      left.roundTrips === null || right.roundTrips === null
        ? null
        : name(left.roundTrips, right.roundTrips),
  }
}

function costsOf(cell: Cell, cells: readonly Cell[]): TransportCost[] {
  if (cell.status !== 'measured' || cell.bytes === null) return []
  const { scenario, transport, bytes } = cell
  const { firstMessage, roundTrips, messages, renewals, wakes } = bytes
  // Nothing is known of the first message in what an older version measured.
  if (firstMessage === undefined || messages === 0) return []
  const connection = connectionOf(cell.transport, bytes, cells)
  const total = sumLedger(bytes.ledger) - sumLedger(bytes.ledger, { phase: 'idle' })
  const trips =
    roundTrips == null
      ? null
      : roundTrips.setup + roundTrips.steady + roundTrips.close + roundTrips.tcp.roundTrips
  const line = (unit: keyof Cost, first: number, all: number, steady: number): CostLine =>
    wakes !== undefined
      ? wakingLine(wakes, unit, steady / messages)
      : renewals === undefined
        ? {
            first,
            further:
              messages > 1 ? (all - first) / (messages - 1) : connection === 'own' ? first : steady,
          }
        : renewedLine(first, renewals, unit)
  return [
    {
      scenario,
      transport,
      connection,
      bytes: line(
        'wireBytes',
        firstMessage.wireBytes,
        total,
        sumLedger(bytes.ledger, { phase: 'steady' }),
      ),
      roundTrips:
        trips === null || firstMessage.roundTrips === null
          ? null
          : line('roundTrips', firstMessage.roundTrips, trips, roundTrips?.steady ?? 0),
    },
  ]
}

/** The renewals that a pass happened to see are not in it, but how often the server asks for one. */
function renewedLine(
  first: number,
  { everyMessages, further, begun }: Renewals,
  unit: keyof Cost,
): CostLine {
  if (further === null) return { first, further: begun[unit] }
  const renewal = { everyMessages, cost: begun[unit] - further[unit] }
  return { first, further: further[unit], renewal }
}

/** @param single of a message, where no wake has shown a further one */
function wakingLine(
  { messages, further, begun }: Wakes,
  unit: keyof Cost,
  single: number,
): CostLine {
  const first = begun[unit]
  const each = further?.[unit] ?? single
  return { first, further: each, renewal: { everyMessages: messages, cost: first - each } }
}

/**
 * One message alone cannot show whether its connection is kept; the same
 * transport in another scenario can.
 */
function connectionOf(
  transport: string,
  { messages, firstMessage }: BytesResult,
  cells: readonly Cell[],
): 'kept' | 'own' {
  if (messages > 1) return firstMessage?.connection ?? 'kept'
  const isOwnElsewhere = cells.some(
    (cell) =>
      cell.transport === transport &&
      cell.status === 'measured' &&
      cell.bytes?.firstMessage?.connection === 'own',
  )
  return isOwnElsewhere ? 'own' : 'kept'
}
