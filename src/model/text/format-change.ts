import { decimal } from './decimal.ts'

/**
 * A ratio as the change that it is: 1.132 is `+13.2 %`, 0.95 is `−5 %`. At most
 * one decimal, a true minus sign, and no sign on nothing at all.
 */
export function formatChange(ratio: number): string {
  const percent = Math.round((ratio - 1) * 1000) / 10
  if (percent === 0) return '0 %'
  const size = decimal(Math.abs(percent), 1)
  return `${percent < 0 ? '−' : '+'}${size} %`
}
