import type { ProgressStep } from '../model/progress-step.ts'
import { catalogue } from '../model/text/language.ts'
import { displayWidth, graphemes } from '../model/text/text-width.ts'
import { nowNs } from '../system/clock.ts'

const say = catalogue({
  en: {
    left: {
      seconds: (count: number) => `about ${count} s left`,
      minutes: (count: number) => `about ${count} min left`,
    },
    soon: 'nearly done',
    percent: (count: number) => `${count} %`,
    inBrackets: (words: string) => ` (${words})`,
    comma: ', ',
  },
  'zh-TW': {
    left: {
      seconds: (count) => `約剩 ${count} 秒`,
      minutes: (count) => `約剩 ${count} 分鐘`,
    },
    soon: '即將完成',
    percent: (count) => `${count}%`,
    inBrackets: (words) => `（${words}）`,
    comma: '，',
  },
})

/** Where progress is drawn: stderr, or a stand-in for it. */
export interface ProgressStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/**
 * Says how far a run is. It draws when it is called and at no other time: a
 * timer that ticked while something is measured would be measured too.
 */
export interface Progress {
  /** Replaces the live line; where there is none, a line of its own now and then. */
  update(step: string | ProgressStep): void
  /** A line that stays. */
  note(line: string): void
  /** A line that stays, and should be read. */
  warn(line: string): void
  /** Removes the live line; where there is none, the last step gets its line. */
  done(): void
}

/** `\r` and ECMA-48 EL 2: back to the first column, and nothing on this line any more. */
const CLEAR_LINE = '\r\u001b[2K'
const FALLBACK_COLUMNS = 80
/** From a plain line of progress to the next: a log is read long after. */
const QUIET_MS = 10_000

/** Cuts a line so that it cannot wrap: a wrapped line could not be cleared again. */
export function clipLine(line: string, columns: number): string {
  let width = 0
  let clipped = ''
  for (const segment of graphemes(line)) {
    const segmentWidth = displayWidth(segment)
    if (width + segmentWidth > columns) return clipped
    clipped += segment
    width += segmentWidth
  }
  return clipped
}

const asStep = (step: string | ProgressStep): ProgressStep =>
  typeof step === 'string' ? { what: step } : step

/** All of it is done when nothing is left to measure, and that nobody is told. */
const percentOf = (share: number): number => Math.min(99, Math.floor(share * 100))

function leftWords(leftMs: number): string {
  const seconds = Math.round(leftMs / 1_000)
  if (seconds < 2) return say.soon
  return seconds < 100 ? say.left.seconds(seconds) : say.left.minutes(Math.round(seconds / 60))
}

/** `████████░░░░  67 %  about 12 s left  json: bytes, http1`; without its bar where there is no room. */
function liveLine({ what, share, leftMs = null }: ProgressStep, columns: number): string {
  if (share === undefined) return what
  const cells = columns < 40 ? 0 : columns < 70 ? 8 : 20
  const full = Math.round(share * cells)
  const bar = '█'.repeat(full) + '░'.repeat(cells - full)
  const percent = say.percent(percentOf(share)).padStart(4)
  const left = leftMs === null ? '' : leftWords(leftMs)
  return [bar, percent, left, what].filter((part) => part !== '').join('  ')
}

/** `json: bytes, http1 (67 %, about 12 s left)` */
function plainLine({ what, share, leftMs = null }: ProgressStep): string {
  if (share === undefined) return what
  const words = [say.percent(percentOf(share)), ...(leftMs === null ? [] : [leftWords(leftMs)])]
  return what + say.inBrackets(words.join(say.comma))
}

/** Names and reasons come from the network too: nothing of them may steer the terminal. */
const onOneLine = (line: string): string =>
  line
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')

function createLiveProgress(stream: ProgressStream, colour: boolean): Progress {
  let isDrawn = false
  const clear = () => {
    if (isDrawn) stream.write(CLEAR_LINE)
    isDrawn = false
  }
  return {
    update(step) {
      // The last column stays free: some terminals wrap as soon as it is filled.
      const columns = (stream.columns || FALLBACK_COLUMNS) - 1
      const line = liveLine(asStep(step), columns)
      stream.write(CLEAR_LINE + clipLine(onOneLine(line), columns))
      isDrawn = true
    },
    note(line) {
      clear()
      stream.write(`${onOneLine(line)}\n`)
    },
    warn(line) {
      clear()
      const text = onOneLine(line)
      stream.write(colour ? `\u001b[33m${text}\u001b[39m\n` : `${text}\n`)
    },
    done: clear,
  }
}

/** @param quietMs from a step that is written to the next; the first and the last are always */
function createPlainProgress(
  stream: ProgressStream,
  quietMs: number,
  nowMs: () => number,
): Progress {
  const write = (line: string): void => void stream.write(`${onOneLine(line)}\n`)
  let last = ''
  let wroteMs = Number.NEGATIVE_INFINITY
  let waiting: string | null = null
  return {
    update(step) {
      const line = plainLine(asStep(step))
      if (line === last) return
      last = line
      waiting = line
      if (nowMs() - wroteMs < quietMs) return
      write(line)
      wroteMs = nowMs()
      waiting = null
    },
    note: write,
    warn: write,
    done() {
      if (waiting !== null) write(waiting)
      waiting = null
    },
  }
}

/** Whether lines can be replaced there: on a terminal that is not dumb. */
export const isLive = (
  stream: ProgressStream,
  env: Readonly<Record<string, string | undefined>>,
): boolean => stream.isTTY === true && env.TERM !== 'dumb'

/**
 * Live on a terminal, otherwise a plain line each ten seconds. NO_COLOR takes the
 * colour out of warnings; TERM=dumb cannot clear a line, and gets plain ones.
 * `MQTT_VS_HTTP_PROGRESS=lines` has a line of each step, for whoever waits for one.
 */
export function createProgress(
  stream: ProgressStream,
  env: Readonly<Record<string, string | undefined>> = process.env,
  nowMs: () => number = () => Number(nowNs()) / 1e6,
): Progress {
  if (env.MQTT_VS_HTTP_PROGRESS === 'lines') return createPlainProgress(stream, 0, nowMs)
  if (!isLive(stream, env)) return createPlainProgress(stream, QUIET_MS, nowMs)
  return createLiveProgress(stream, !env.NO_COLOR)
}
