import { parseDuration } from '../model/text/duration.ts'
import { catalogue } from '../model/text/language.ts'
import type { Keep } from '../tap/periods/old-files.ts'
import type { Rotation } from '../tap/periods/periods.ts'
import type { TapOptions } from './options.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    rotate: (text: string) =>
      `--rotate: ${text} is neither a time from 1s on nor a size from 1kB on; give one like 1h, 1d or 100MB`,
    noRotate: '--keep: is of what --rotate leaves; give that too',
    keep: (text: string) =>
      `--keep: ${text} is neither a number nor a size; give one like 168 or 10GB`,
  },
  'zh-TW': {
    rotate: (text) =>
      `--rotate：${text} 既不是 1s 以上的時間，也不是 1kB 以上的大小；例如 1h、1d 或 100MB`,
    noRotate: '--keep：保留的是 --rotate 留下的檔案；請一併給 --rotate',
    keep: (text) => `--keep：${text} 既不是數量也不是大小；例如 168 或 10GB`,
  },
})

const MS_OF_UNIT: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 }
const BYTES_OF_UNIT: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }

/** Less often than this a report is no report of a time. */
const LEAST_MS = 1_000
const LEAST_BYTES = 1_000

/** @throws InstrumentError `usage` */
export function planRotation({ rotate }: TapOptions): Rotation | null {
  if (rotate === undefined) return null
  const everyMs = parseLongDuration(rotate)
  if (everyMs !== null && everyMs >= LEAST_MS) return { everyMs, everyBytes: null }
  const everyBytes = parseSize(rotate)
  if (everyBytes !== null && everyBytes >= LEAST_BYTES) return { everyMs: null, everyBytes }
  throw usage(say.rotate(JSON.stringify(rotate)))
}

/** @throws InstrumentError `usage` */
export function planKeep({ keep, rotate }: Pick<TapOptions, 'keep' | 'rotate'>): Keep | null {
  if (keep === undefined) return null
  if (rotate === undefined) throw usage(say.noRotate)
  if (/^[1-9]\d{0,8}$/.test(keep)) return { count: Number(keep), bytes: null }
  const bytes = parseSize(keep)
  if (bytes !== null && bytes > 0) return { count: null, bytes }
  throw usage(say.keep(JSON.stringify(keep)))
}

function parseLongDuration(text: string): number | null {
  const [, digits, unit = ''] = /^(\d+)(h|d)$/.exec(text) ?? []
  return digits === undefined ? parseDuration(text) : Number(digits) * (MS_OF_UNIT[unit] as number)
}

function parseSize(text: string): number | null {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(kB|MB|GB|TB)$/.exec(text) ?? []
  return digits === undefined ? null : Math.round(Number(digits) * (BYTES_OF_UNIT[unit] as number))
}
