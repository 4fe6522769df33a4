import type { Report, Series } from '../../model/report/report.ts'
import { formatMicrosNumber } from '../../model/text/format.ts'
import { catalogue, listNames } from '../../model/text/language.ts'
import { type Block, heading, list, paragraph } from '../document/document.ts'
import { isControl } from './answers/sides.ts'
import { type RunCell, type ScenarioCells, scenarioCellsOf } from './scenario-cells.ts'

const say = catalogue({
  en: {
    title: 'Where the time goes',
    whatIsShown:
      'differences of medians of response latency, microseconds. ~: the intervals of the two medians overlap, or the rounds are too few for one. A control is a reference, not a floor.',
    controls: (texts: string) => `controls: ${texts} µs`,
    control: (text: string) => `control ${text}`,
    protocol: (text: string) => `protocol ${text}`,
    library: (text: string) => `library ${text}`,
  },
  'zh-TW': {
    title: '時間花在哪裡',
    whatIsShown:
      '回應延遲中位數之差，微秒。~：兩個中位數的區間重疊，或輪數太少而沒有區間。對照是參考，不是下限。',
    controls: (texts) => `對照：${texts} µs`,
    control: (text) => `對照 ${text}`,
    protocol: (text) => `協定 ${text}`,
    library: (text) => `程式庫 ${text}`,
  },
})

interface Timed {
  cell: RunCell
  series: Series
  p50Us: number
}

/** From here on a median is split in whole microseconds. */
const WHOLE_MICROS_FROM = 100

/**
 * What of a response latency is the kernel's, the protocol's and the client
 * library's: differences of medians between a library, the bare client of the
 * same protocol and completion, and the control.
 */
export function timeBlocks(report: Report): Block[] {
  const sections = scenarioCellsOf(report, 'uplink').flatMap((entry) => {
    const items = scenarioLines(entry)
    return items.length === 0 ? [] : [heading(2, entry.scenario.name), list(items)]
  })
  if (sections.length === 0) return []
  return [heading(1, say.title), paragraph(say.whatIsShown, 'faint'), ...sections]
}

function scenarioLines({ cells }: ScenarioCells): string[] {
  const timed = cells.flatMap((cell): Timed[] => {
    if (cell.status !== 'measured') return []
    const series = cell.latency?.response ?? null
    return series === null || series.p50Us === null ? [] : [{ cell, series, p50Us: series.p50Us }]
  })
  const controls = timed.filter(({ cell }) => isControl(cell))
  const control = controls.find(({ cell }) => cell.protocol === 'length-prefixed') ?? null
  const carriers = timed.filter(({ cell }) => !isControl(cell))
  const lines = carriers
    .filter(({ cell }) => cell.client !== 'bare')
    .flatMap((library) =>
      carriers
        .filter((other) => other.cell.client === 'bare' && isSameExchange(library, other))
        .map((bare) => splitLine(library, bare, control)),
    )
  if (controls.length === 0) return lines
  const texts = controls.map(({ cell, p50Us }) => `${cell.transport} ${formatMicrosNumber(p50Us)}`)
  return [...lines, say.controls(listNames(texts))]
}

const isSameExchange = (one: Timed, other: Timed): boolean =>
  one.cell.protocol === other.cell.protocol && one.cell.completion === other.cell.completion

/** `http1 258 µs = control tcp 61 + protocol (http1-bare − tcp) 40 + library (http1 − http1-bare) 157` */
function splitLine(library: Timed, bare: Timed, control: Timed | null): string {
  // Rounded before they are subtracted, so that the printed parts add up.
  const scale = library.p50Us >= WHOLE_MICROS_FROM ? 1 : 10
  const rounded = ({ p50Us }: Timed): number => Math.round(p50Us * scale) / scale
  const format = (micros: number): string => formatMicrosNumber(Math.round(micros * scale) / scale)
  const difference = (of: Timed, less: Timed): string => {
    const noise = isWithinNoise(of.series, less.series) ? '~' : ''
    return `(${of.cell.transport} − ${less.cell.transport}) ${noise}${format(rounded(of) - rounded(less))}`
  }
  const parts =
    control === null
      ? [`${bare.cell.transport} ${format(rounded(bare))}`]
      : [
          say.control(`${control.cell.transport} ${format(rounded(control))}`),
          say.protocol(difference(bare, control)),
        ]
  parts.push(say.library(difference(library, bare)))
  return `${library.cell.transport} ${format(rounded(library))} µs = ${parts.join(' + ')}`
}

function isWithinNoise(one: Series, other: Series): boolean {
  const [a, b] = [one.medianIntervalUs, other.medianIntervalUs]
  // Without an interval nothing says that it is more than noise.
  return a === null || b === null || (a[0] <= b[1] && b[0] <= a[1])
}
