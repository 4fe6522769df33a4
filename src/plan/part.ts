import { catalogue, joinNames } from '../model/text/language.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    noPart: (text: string) => `--part: ${text} is no part; give 2/3, auto/3 or auto`,
    untold: (scheduler: string | undefined) =>
      `--part: auto does not tell how many there are in ${scheduler}; give auto/3`,
    count: (of: number, most: number) => `--part: ${of} parts are not from 1 to ${most}`,
    noSuch: (number: number, of: number) =>
      `--part: there is no part ${number} of ${of}; they are numbered from 1`,
    variable: (name: string) => `--part: ${name} is no number; give 2/3 in place of auto`,
    noTask: (names: readonly string[]) =>
      `--part: auto needs a task of an array: ${joinNames(names)} are not set; give 2/3`,
    noInstant: (text: string) =>
      `--start-at: ${text} is no instant with its time zone, such as 2026-12-01T12:00:00Z`,
    over: (text: string, now: string) => `--start-at: ${text} is over; by this clock it is ${now}`,
    late: (text: string) =>
      `--start-at: ${text} is more than 24 hours from now; start the run later`,
  },
  'zh-TW': {
    noPart: (text) => `--part：${text} 不是部分；請寫成 2/3、auto/3 或 auto`,
    untold: (scheduler) => `--part：在 ${scheduler} 中，auto 不知道共有幾個；請寫成 auto/3`,
    count: (of, most) => `--part：${of} 個部分不在 1 至 ${most} 之間`,
    noSuch: (number, of) => `--part：${of} 個部分中沒有第 ${number} 個；從 1 開始編號`,
    variable: (name) => `--part：${name} 不是數字；請把 auto 改成 2/3 這樣`,
    noTask: (names) => `--part：auto 需要陣列工作：沒有設定 ${joinNames(names)}；請寫成 2/3`,
    noInstant: (text) => `--start-at：${text} 不是含時區的時刻，例如 2026-12-01T12:00:00Z`,
    over: (text, now) => `--start-at：${text} 已經過了；這裡的時鐘是 ${now}`,
    late: (text) => `--start-at：${text} 在 24 小時之後；請晚一點再開始測量`,
  },
})

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

const MOST_PARTS = 10_000
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
    throw usage(say.noPart(text))
  }
  const task = match[1] === 'auto' ? taskOf(environment) : null
  const number = task === null ? Number(match[1]) : task.number
  const of = match[2] === undefined ? (task?.count ?? null) : Number(match[2])
  if (of === null) throw usage(say.untold(task?.name))
  if (of < 1 || of > MOST_PARTS) throw usage(say.count(of, MOST_PARTS))
  if (number >= 1 && number <= of) return { index: number - 1, of }
  throw usage(say.noSuch(number, of))
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
    throw usage(say.variable(name))
  }
  for (const { name, number, least, count } of SCHEDULERS) {
    const own = whole(number)
    if (own === null) continue
    const first = least === null ? 0 : (whole(least) ?? 0)
    return { name, number: own - first + 1, count: count === null ? null : whole(count) }
  }
  throw usage(say.noTask(SCHEDULERS.map(({ number }) => number)))
}

/**
 * @returns milliseconds since 1970
 * @throws InstrumentError `usage`
 */
export function parseStartAt(text: string, now: Date): number {
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/i.test(text)
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && hasZone ? Date.parse(text) : Number.NaN
  if (Number.isNaN(atMs)) throw usage(say.noInstant(text))
  const leftMs = atMs - now.getTime()
  if (leftMs <= 0) throw usage(say.over(text, now.toISOString()))
  if (leftMs <= MOST_WAIT_MS) return atMs
  throw usage(say.late(text))
}

/** So many in all, so many for each of several, the first ones with one more where it does not come out even. */
export const shareOf = (all: number, index: number, of: number): number =>
  Math.floor(all / of) + (index < all % of ? 1 : 0)
