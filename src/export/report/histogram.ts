import { hdr } from '../../model/lazy-package.ts'
import type { Cell, Series } from '../../model/report/report.ts'
import { formatMicros } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Block } from '../document/document.ts'
import { timedName } from './scenario-cells.ts'

const say = catalogue({
  en: {
    whatIsShown:
      'delivery latency as it was distributed: how many messages took so long, each row by its own highest column',
  },
  'zh-TW': { whatIsShown: '送達延遲的分布：各有多少訊息花了這麼久，每列以自己最高的一欄為準' },
})

const COLUMNS = 48
const LEAST_US = 0.1

const NS_PER_US = 1_000
const PERCENT = Array.from({ length: 100 }, (_, index) => index + 1)

/** Microseconds, and how many percent of the messages were done by then; null where the histogram cannot be read. */
export function percentsOf({ histogram, minUs }: Series): [number, number][] | null {
  try {
    const decoded = hdr().decodeFromCompressedBase64(histogram)
    const at = (percent: number) => decoded.getValueAtPercentile(percent) / NS_PER_US
    return [[minUs, 0], ...PERCENT.map((percent): [number, number] => [at(percent), percent])]
  } catch {
    // Somebody else's report.
    return null
  }
}

/** Delivery latency of each cell as a histogram on one scale, on which each decade is as wide. */
export function histogramBlocks(cells: readonly Cell[]): Block[] {
  const rows = cells.flatMap((cell) => {
    const delivery = cell.status === 'skipped' ? null : (cell.latency?.delivery ?? null)
    const percents = delivery === null ? null : percentsOf(delivery)
    return percents === null
      ? []
      : [{ name: timedName(cell), us: percents.map(([us]) => Math.max(LEAST_US, us)) }]
  })
  if (rows.length === 0) return []
  const all = rows.flatMap(({ us }) => us)
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const octaves = Math.max(1, Math.log2(most / least))
  const scale = (us: number): number => Math.log2(us / least) / octaves
  const columnOf = (us: number): number => Math.min(COLUMNS - 1, Math.floor(scale(us) * COLUMNS))
  return [
    {
      kind: 'chart',
      says: say.whatIsShown,
      rows: rows.map(({ name, us }) => ({ name, text: '', shape: heightsOf(us.map(columnOf)) })),
      axis: decadesIn(least, least * 2 ** octaves).map((us) => ({
        at: scale(us),
        text: formatMicros(us),
      })),
    },
  ]
}

function heightsOf(columns: readonly number[]): number[] {
  const counts = new Array<number>(COLUMNS).fill(0)
  for (const column of columns) counts[column] = (counts[column] ?? 0) + 1
  const highest = Math.max(...counts)
  return counts.map((count) => count / highest)
}

function decadesIn(least: number, most: number): number[] {
  const from = Math.ceil(Math.log10(least))
  const count = Math.floor(Math.log10(most)) - from + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => 10 ** (from + index))
}
