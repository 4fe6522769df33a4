import { InstrumentError } from '../model/errors.ts'

/** A share of a load that several generators make together. */
export interface LoadPart {
  /** From 0. */
  readonly index: number
  readonly of: number
}

/** What a scheduler tells the tasks of an array about themselves. */
const SCHEDULERS = [
  {
    name: 'Slurm',
    number: 'SLURM_ARRAY_TASK_ID',
    least: 'SLURM_ARRAY_TASK_MIN',
    count: 'SLURM_ARRAY_TASK_COUNT',
  },
  { name: 'Kubernetes', number: 'JOB_COMPLETION_INDEX', least: null, count: null },
] as const

export const MOST_PARTS = 10_000
/** A scheduler may take a while to start what it is given; nobody waits for tomorrow. */
const MOST_WAIT_MS = 24 * 3_600_000

/**
 * `2/3`, or `auto`, `auto/3` for the task of an array that this process is: its
 * rank is SLURM_ARRAY_TASK_ID − SLURM_ARRAY_TASK_MIN + 1, or
 * JOB_COMPLETION_INDEX + 1 (indexed Jobs of Kubernetes count from 0).
 * @throws InstrumentError `usage`
 */
export function parsePart(text: string, environment: NodeJS.ProcessEnv): LoadPart {
  const match = /^(auto|\d{1,6})(?:\/(\d{1,6}))?$/.exec(text)
  if (match === null || (match[1] !== 'auto' && match[2] === undefined)) {
    throw usage('part', `${text} is no part; give 2/3, auto/3 or auto`)
  }
  const task = match[1] === 'auto' ? taskOf(environment) : null
  const number = task === null ? Number(match[1]) : task.number
  const of = match[2] === undefined ? (task?.count ?? null) : Number(match[2])
  if (of === null) {
    throw usage('part', `auto does not tell how many there are in ${task?.name}; give auto/3`)
  }
  if (of < 1 || of > MOST_PARTS) {
    throw usage('part', `${of} parts are not from 1 to ${MOST_PARTS}`)
  }
  if (number >= 1 && number <= of) return { index: number - 1, of }
  throw usage('part', `there is no part ${number} of ${of}; they are numbered from 1`)
}

function taskOf(environment: NodeJS.ProcessEnv): {
  name: string
  number: number
  count: number | null
} {
  const whole = (name: string): number | null => {
    const text = environment[name]
    if (text === undefined || text === '') return null
    if (/^\d{1,9}$/.test(text)) return Number(text)
    throw usage('part', `${name} is no number; give 2/3 in place of auto`)
  }
  for (const { name, number, least, count } of SCHEDULERS) {
    const own = whole(number)
    if (own === null) continue
    const first = least === null ? 0 : (whole(least) ?? 0)
    return { name, number: own - first + 1, count: count === null ? null : whole(count) }
  }
  const numbers = SCHEDULERS.map(({ number }) => number).join(' and ')
  throw usage('part', `auto needs a task of an array: ${numbers} are not set; give 2/3`)
}

/**
 * @returns milliseconds since 1970
 * @throws InstrumentError `usage`
 */
export function parseStartAt(text: string, now: Date): number {
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/i.test(text)
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && hasZone ? Date.parse(text) : Number.NaN
  if (Number.isNaN(atMs)) {
    throw usage(
      'start-at',
      `${text} is no instant with its time zone, such as 2026-12-01T12:00:00Z`,
    )
  }
  const leftMs = atMs - now.getTime()
  if (leftMs <= 0)
    throw usage('start-at', `${text} is over; by this clock it is ${now.toISOString()}`)
  if (leftMs <= MOST_WAIT_MS) return atMs
  throw usage('start-at', `${text} is more than 24 hours from now; start the run later`)
}

/** So many in all, so many for each of several, the first ones with one more where it does not come out even. */
export const shareOf = (all: number, index: number, of: number): number =>
  Math.floor(all / of) + (index < all % of ? 1 : 0)

const usage = (option: string, problem: string): InstrumentError =>
  new InstrumentError('usage', `--${option}: ${problem}`)
