// Made once: `toLocaleString` makes a new one at every call, which takes longer than the statistics.
const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/**
 * A ratio as the change that it is: 1.132 is `+13.2 %`, 0.95 is `−5 %`. At most
 * one decimal, a true minus sign, and no sign on nothing at all.
 */
export function formatChange(ratio: number): string {
  const percent = Math.round((ratio - 1) * 1000) / 10
  if (percent === 0) return '0 %'
  const size = NUMBER.format(Math.abs(percent))
  return `${percent < 0 ? '−' : '+'}${size} %`
}
