import { scaleLinear } from 'd3-scale'
import type { BytesResult, Report, Series } from '../../../model/report/report.ts'
import { formatBytes, formatMicrosNumber } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { isHttp, isMqtt, type RunCell, scenarioCellsOf } from '../../report/scenario-cells.ts'
import { WORDS } from '../../words.ts'
import { levels } from '../axes.ts'
import {
  element,
  FAINT,
  FONT_SIZE,
  GRID,
  INK,
  label,
  type Picture,
  picture,
  protocolColour,
} from '../svg.ts'

const say = catalogue({
  en: {
    proves: (scenario: string, link: string, told: string) =>
      `${scenario} over ${link}: a device that wakes up and sends one message is done after ${told}`,
    each: (transport: string, time: string, roundTrips: string) =>
      `${time} on ${transport} (${roundTrips} round trips)`,
    evenly: 'only the end is timed; crossings drawn alike',
    device: 'device',
    server: 'server',
    more: (first: string, count: number) => `${first} +${count}`,
    ms: (time: string) => `${time} ms`,
  },
  'zh-TW': {
    proves: (scenario, link, told) =>
      `${scenario}，經由 ${link}：裝置醒來送出一則訊息，所需時間：${told}`,
    each: (transport, time, roundTrips) => `${transport} ${time}（來回 ${roundTrips} 次）`,
    evenly: '只測量結束的時間；各次單程畫成一樣久',
    device: '裝置',
    server: '伺服器',
    more: (first, count) => `${first} 等 ${count + 1} 個`,
    ms: (time) => `${time} ms`,
  },
})

/** What fits side by side and can be read. */
const MOST_OF_A_SIDE = 2
const LEFT = 76
const LANE = { width: 190, gap: 70 } as const
const TOP = 62
const LEAST_CROSSING = 34
const MOST_HEIGHT = 900
const HEAD = 8
const TICKS = 6
const US_PER_MS = 1_000

/** What crosses the link in one direction before anything comes back. */
interface Flight {
  readonly direction: 'up' | 'down'
  readonly text: string
}

interface Wake {
  readonly cell: RunCell
  readonly flights: readonly Flight[]
  readonly doneMs: number
}

/**
 * A wake-up over a slow link, as a sequence of what crosses it: from before the
 * connection until the message is done. How long the whole takes was measured,
 * and no crossing on its own.
 */
export function wakePictures(report: Report): Picture[] {
  const { link } = report
  if (link === undefined) return []
  return scenarioCellsOf(report, 'uplink').flatMap(({ scenario, cells }) => {
    const known = cells.flatMap((cell) =>
      cell.status === 'measured' && (isHttp(cell) || isMqtt(cell)) ? wakeOf(cell) : [],
    )
    const wakes = [isHttp, isMqtt].flatMap((of) =>
      known.filter(({ cell }) => of(cell)).slice(0, MOST_OF_A_SIDE),
    )
    return wakes.length === 0 ? [] : [sequence(scenario.name, link, wakes)]
  })
}

function wakeOf(cell: Extract<RunCell, { status: 'measured' }>): Wake[] {
  const cold = cell.overLink?.cold ?? null
  const done = cold?.acknowledged ?? cold?.delivered ?? null
  if (done === null || cell.bytes === null) return []
  const flights = flightsOf(cell.bytes)
  // What is only flushed is done when it has arrived, and waits for nothing after it.
  const last = flights.findLastIndex(({ direction }) =>
    cold?.acknowledged == null ? direction === 'up' : direction === 'down',
  )
  return last < 0
    ? []
    : [{ cell, flights: flights.slice(0, last + 1), doneMs: usualUs(done) / US_PER_MS }]
}

/** Where the sample is too small for a median, its least. */
const usualUs = ({ p50Us, minUs }: Series): number => p50Us ?? minUs

/** Sent unasked, with whatever goes that way next: nobody waits for it. */
const UNASKED: ReadonlySet<string> = new Set(['NewSessionTicket'])

function flightsOf({ exchange, roundTrips }: BytesResult): Flight[] {
  const opens: readonly Flight[] =
    (roundTrips?.tcp.roundTrips ?? 0) === 0
      ? []
      : [
          { direction: 'up', text: 'SYN' },
          { direction: 'down', text: 'SYN-ACK' },
        ]
  const flights: { direction: Flight['direction']; frames: Frames[number][] }[] = []
  const unasked: Frames[number][] = []
  for (const frame of firstMessageOf(exchange)) {
    const before = flights.at(-1)
    if (before?.direction === frame.direction) before.frames.push(frame)
    else if (UNASKED.has(frame.label)) unasked.push(frame)
    else {
      const { direction } = frame
      const carried = unasked.every((each) => each.direction === direction) ? unasked.splice(0) : []
      flights.push({ direction, frames: [frame, ...carried] })
    }
  }
  return [
    ...opens,
    ...flights.map(({ direction, frames }) => ({ direction, text: textOf(frames) })),
  ]
}

/** By what the other side answers to: the last that goes up, the first that comes down. */
function textOf(frames: Frames): string {
  const told = frames[0]?.direction === 'up' ? frames.at(-1) : frames[0]
  const name = told?.label ?? ''
  const bytes = frames.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
  const names = frames.length === 1 ? name : say.more(name, frames.length - 1)
  return `${names}${WORDS.comma}${formatBytes(bytes)}`
}

type Frames = BytesResult['exchange']

/** What opens the connection, and the first message: a second stands there where its size is another. */
function firstMessageOf(exchange: Frames): Frames {
  const frames = exchange.filter(({ phase }) => phase === 'setup' || phase === 'steady')
  const isMessage = ({ phase, direction, message, parts }: Frames[number]): boolean =>
    phase === 'steady' &&
    direction === 'up' &&
    message !== 'continues' &&
    parts.some(({ layer }) => layer === 'payload')
  const first = frames.findIndex(isMessage)
  const second = frames.findIndex((frame, index) => index > first && isMessage(frame))
  return second === -1 ? frames : frames.slice(0, second)
}

function sequence(
  scenario: string,
  link: { name: string; rttMs: number },
  wakes: readonly Wake[],
): Picture {
  const longestMs = Math.max(...wakes.map(({ doneMs }) => doneMs))
  const perMs = Math.max(
    ...wakes.map(({ flights, doneMs }) => (flights.length * LEAST_CROSSING) / doneMs),
    MOST_HEIGHT / 2 / longestMs,
  )
  // Whoever is done long before the others is drawn no taller for it.
  const height = Math.min(MOST_HEIGHT, longestMs * perMs)
  const y = scaleLinear([0, longestMs], [TOP, TOP + height])
  const laneAt = (index: number): number => LEFT + 60 + index * (LANE.width + LANE.gap)
  const right = laneAt(wakes.length - 1) + LANE.width + 60
  const bottom = TOP + height
  const told = wakes
    .toSorted((a, b) => a.doneMs - b.doneMs)
    .map(({ cell, doneMs }) =>
      say.each(cell.transport, msText(doneMs), (doneMs / link.rttMs).toFixed(2)),
    )
  return picture(
    `wake-${scenario}`,
    say.proves(scenario, link.name, listNames(told)),
    { width: right + 12, height: bottom + 50 },
    ...levels(
      { left: LEFT, right, top: TOP, bottom },
      y.ticks(TICKS).map((tick) => ({ at: y(tick), text: msText(tick) })),
    ),
    ...wakes.flatMap((wake, index) => lane(wake, laneAt(index), y)),
    label(LEFT, bottom + 42, say.evenly, FAINT),
  )
}

function lane({ cell, flights, doneMs }: Wake, x: number, y: (ms: number) => number): string[] {
  const stroke = protocolColour(cell.protocol)
  const middle = x + LANE.width / 2
  const end = x + LANE.width
  const crossingMs = doneMs / flights.length
  const lifeline = (at: number): string =>
    element('line', { x1: at, x2: at, y1: TOP, y2: y(doneMs), 'stroke-width': 2, ...GRID })
  return [
    label(middle, 18, cell.transport, { ...INK, 'text-anchor': 'middle', 'font-weight': 700 }),
    label(x, 42, say.device, { ...FAINT, 'text-anchor': 'middle' }),
    label(end, 42, say.server, { ...FAINT, 'text-anchor': 'middle' }),
    lifeline(x),
    lifeline(end),
    ...flights.flatMap(({ direction, text }, index) => {
      const [from, to] = direction === 'up' ? [x, end] : [end, x]
      const [y1, y2] = [y(index * crossingMs), y((index + 1) * crossingMs)]
      const back = direction === 'up' ? -HEAD : HEAD
      return [
        element('line', { x1: from, x2: to, y1, y2, stroke, 'stroke-width': 2 }),
        element('path', {
          d: `M${to},${y2} l${back},${-HEAD} M${to},${y2} l${back},${HEAD / 4}`,
          ...{ stroke, 'stroke-width': 2, fill: 'none' },
        }),
        // Above where it arrives, where the line is not.
        label(to + back, y1 + FONT_SIZE, text, {
          ...INK,
          'text-anchor': direction === 'up' ? 'end' : 'start',
        }),
      ]
    }),
    label(middle, y(doneMs) + 20, msText(doneMs), { ...INK, 'text-anchor': 'middle' }),
  ]
}

const msText = (ms: number): string => say.ms(formatMicrosNumber(ms))
