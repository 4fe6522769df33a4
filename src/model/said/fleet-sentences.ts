import type { FleetBasis } from '../fleet/basis.ts'
import { basisWord } from '../fleet/basis.ts'
import { formatCount } from '../text/format.ts'
import { translations } from '../text/language.ts'

export interface FleetBudget {
  row: string
  metric: string
  value: number
  basis: FleetBasis
}

/** Digits of money and of megabytes. */
const figure = (value: number): string => formatCount(value, 3)

const is = ({ row, metric, value, basis }: FleetBudget): string =>
  `${row}: ${metric} is ${figure(value)} (${basisWord(basis)})`
const isZh = ({ row, metric, value, basis }: FleetBudget): string =>
  `${row}：${metric} 為 ${figure(value)}（${basisWord(basis)}）`

/** What budgets of a fleet say, and fleet.json keeps. */
export const FLEET_SENTENCES = translations({
  en: {
    fleetAtMost: ({ max, ...of }: FleetBudget & { max: number }) =>
      `${is(of)}, at most ${figure(max)} asked for`,
    fleetAtLeast: ({ min, ...of }: FleetBudget & { min: number }) =>
      `${is(of)}, at least ${figure(min)} asked for`,
    fleetBetween: ({ min, max, ...of }: FleetBudget & { min: number; max: number }) =>
      `${is(of)}, at least ${figure(min)} and at most ${figure(max)} asked for`,
    fleetUnknown: ({ row, metric }: Pick<FleetBudget, 'row' | 'metric'>) =>
      `${row}: nothing is known of ${metric}`,
  },
  'zh-TW': {
    fleetAtMost: ({ max, ...of }) => `${isZh(of)}，要求至多 ${figure(max)}`,
    fleetAtLeast: ({ min, ...of }) => `${isZh(of)}，要求至少 ${figure(min)}`,
    fleetBetween: ({ min, max, ...of }) => `${isZh(of)}，要求 ${figure(min)} 至 ${figure(max)}`,
    fleetUnknown: ({ row, metric }) => `${row}：沒有 ${metric} 的值`,
  },
})
