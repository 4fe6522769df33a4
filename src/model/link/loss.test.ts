import { describe, expect, it } from 'vitest'
import { lossName, parseLoss } from './loss.ts'

describe('--loss', () => {
  it.each([
    ['2%', 0.02, 'loss=2%'],
    [' 0.5% ', 0.005, 'loss=0.5%'],
    ['30%', 0.3, 'loss=30%'],
  ])('takes %s', (text, share, name) => {
    expect(parseLoss(text)).toBeCloseTo(share, 12)
    expect(lossName(parseLoss(text))).toBe(name)
  })

  it.each([['2'], ['0%'], ['31%'], ['-1%'], ['two%'], ['']])('refuses %j in one line', (text) => {
    expect(() => parseLoss(text)).toThrow(
      `--loss: ${text} is no share of packets above 0 and up to 30%, such as 2%`,
    )
  })
})
