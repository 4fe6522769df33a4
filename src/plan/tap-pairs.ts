import { basename, dirname, extname, join } from 'node:path'
import { InstrumentError } from '../model/errors.ts'
import { catalogue } from '../model/text/language.ts'
import type { Keep } from '../tap/periods/old-files.ts'
import type { TapPlan } from '../tap/tap.ts'
import type { TapOptions } from './options.ts'
import { planMetrics, planTap } from './tap.ts'
import { planKeep } from './tap-rotation.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    missing: 'tap: give --listen and --to, or a file that has them',
    unpaired: (listen: number, to: number) =>
      `--to: ${to} for ${listen} of --listen; give one for each, in the same order`,
  },
  'zh-TW': {
    missing: 'tap：請給 --listen 與 --to，或一個有這些的檔案',
    unpaired: (listen, to) =>
      `--to：給了 ${to} 個，--listen 卻有 ${listen} 個；請照同樣順序各給一個`,
  },
})

/** What flags, or a file, have of taps. */
export interface GivenTaps extends Omit<TapOptions, 'listen' | 'to'> {
  readonly listen?: readonly string[] | undefined
  readonly to?: readonly string[] | undefined
  readonly out?: string | undefined
  /** Each with what it has of its own; else as `listen` and `to` stand in order. */
  readonly taps?: readonly TapOptions[]
  /** Where they stand, if that is no command line. */
  readonly file?: string | undefined
}

interface TapPair {
  readonly options: TapOptions
  readonly plan: TapPlan
  /** In `--out`; null where it is the only one, whose files are there themselves. */
  readonly folder: string | null
}

export interface TapsPlan {
  readonly pairs: readonly TapPair[]
  /** Where their figures are served; null nowhere. */
  readonly metrics: TapPlan['listen'] | null
  readonly keep: Keep | null
}

/** @throws InstrumentError `usage`, naming the flag, or the key of the file */
export function planTaps(given: GivenTaps): TapsPlan {
  const { listen = [], to = [], taps = pairsOf(listen, to), file, ...shared } = given
  const folders = taps.length === 1 ? [] : foldersOf(taps)
  const pairs = taps.map((tap, index): TapPair => {
    const folder = folders[index] ?? null
    const its = { ...shared, ...tap }
    // Of a file each names its own.
    const pcap = file === undefined && folder !== null ? ofFolder(its.pcap, folder) : its.pcap
    const options = { ...its, pcap }
    const keyOf = (flag: string): string => (flag in tap ? `taps[${index}].${flag}` : flag)
    return { options, folder, plan: named(file, keyOf, () => planTap(options)) }
  })
  const [metrics, keep] = named(file, String, () => [planMetrics(given), planKeep(given)])
  return { pairs, metrics, keep }
}

function pairsOf(listen: readonly string[], to: readonly string[]): TapOptions[] {
  if (listen.length === 0 && to.length === 0) throw usage(say.missing)
  if (listen.length !== to.length) throw usage(say.unpaired(listen.length, to.length))
  return listen.map((place, index) => ({ listen: place, to: to[index] as string }))
}

/** `0.0.0.0:1884` as `0.0.0.0-1884`; of those that are called the same, a number too. */
function foldersOf(taps: readonly TapOptions[]): string[] {
  const seen = new Map<string, number>()
  return taps.map(({ listen }) => {
    const plain = listen.replace(/[^\w.]+/g, '-').replace(/^-/, '')
    const before = seen.get(plain) ?? 0
    seen.set(plain, before + 1)
    return before === 0 ? plain : `${plain}-${before + 1}`
  })
}

/** `plant.pcapng` of one of several: `plant-1884.pcapng`. */
function ofFolder(path: string | undefined, folder: string): string | undefined {
  if (path === undefined) return undefined
  const extension = extname(path)
  return join(dirname(path), `${basename(path, extension)}-${folder}${extension}`)
}

/** What is wrong with a flag is, in a file, wrong with its key. */
function named<T>(file: string | undefined, keyOf: (flag: string) => string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (file === undefined || !(error instanceof InstrumentError)) throw error
    const message = error.message.replace(/^--([\w-]+)/, (_, flag) => `${file}: ${keyOf(flag)}`)
    throw new InstrumentError(error.code, message, { cause: error })
  }
}
