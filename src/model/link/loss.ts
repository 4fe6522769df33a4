import type * as z from 'zod'
import { InstrumentError } from '../errors.ts'
import { catalogue } from '../text/language.ts'
import type { lossCounts, lossResult } from './loss-schema.ts'

const say = catalogue({
  en: {
    noShare: (given: string, most: number) =>
      `--loss: ${given} is no share of packets above 0 and up to ${most}%, such as 2%`,
  },
  'zh-TW': {
    noShare: (given, most) => `--loss：${given} 不是大於 0 且至多 ${most}% 的封包比例，例如 2%`,
  },
})

export type LossResult = z.output<typeof lossResult>
export type LossCounts = z.output<typeof lossCounts>

/** Beyond it connections break rather than being slow. */
const MOST_LOSS = 0.3

/**
 * `2%`, `0.5%` as a share.
 * @throws InstrumentError `usage`
 */
export function parseLoss(text: string): number {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text.trim()) ?? []
  const share = Number(percent) / 100
  if (share > 0 && share <= MOST_LOSS) return share
  throw new InstrumentError('usage', say.noShare(text, MOST_LOSS * 100))
}

/** How a link with that loss is named in reports. */
export const lossName = (probability: number): string =>
  `loss=${Number((probability * 100).toFixed(6))}%`
