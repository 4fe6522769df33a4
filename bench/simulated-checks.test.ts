import { describe, expect, it } from 'vitest'
import { judgeByControlMedian } from './rivals.ts'
import { simulateChecks } from './simulated-checks.ts'
import { simulateForks } from './simulated-forks.ts'

const TRIALS = 2_000
const request = { trials: TRIALS, seed: 1 }

describe.each([0, 0.1])('with a share of %d of the forks corrupted', (corruptedShare) => {
  it.each([0.026, 0.05])('and %d noise, nothing fails without cause', (noise) => {
    const machine = { noise, corruptedShare, lastingBias: 0 }
    expect(simulateChecks(machine, 0, request).verdicts.fail).toBe(0)
  })

  it.each([0.1, 0.3])('and %d noise, at most one check in a thousand does', (noise) => {
    const machine = { noise, corruptedShare, lastingBias: 0 }
    expect(simulateChecks(machine, 0, request).verdicts.fail / TRIALS).toBeLessThanOrEqual(0.001)
  })

  it.each([0.026, 0.05])('and %d noise, +25 %% fails and never passes', (noise) => {
    const machine = { noise, corruptedShare, lastingBias: 0 }
    const { verdicts } = simulateChecks(machine, 0.25, request)
    expect(verdicts.fail / TRIALS).toBeGreaterThanOrEqual(0.97)
    expect(verdicts.pass).toBe(0)
  })

  it('and 0.1 noise, +50 % fails where the plain rule loses some', () => {
    const machine = { noise: 0.1, corruptedShare, lastingBias: 0 }
    const share = (judge?: ReturnType<typeof judgeByControlMedian>): number =>
      simulateChecks(machine, 0.5, request, judge).verdicts.fail / TRIALS
    expect(share()).toBeGreaterThanOrEqual(0.99)
    expect(share(judgeByControlMedian())).toBeLessThan(0.95)
  })
})

it('takes five forks where a machine is calm, and twice five to fail', () => {
  const calm = { noise: 0.026, corruptedShare: 0, lastingBias: 0 }
  expect(simulateChecks(calm, 0, request).forks / TRIALS).toBeCloseTo(5, 1)
  expect(simulateChecks(calm, 0.25, request).forks / TRIALS).toBeCloseTo(10, 1)
})

it('finds a machine too noisy to rely on', () => {
  const noise = (deviation: number): number =>
    simulateChecks({ noise: deviation, corruptedShare: 0, lastingBias: 0 }, 0, request).advisory
  expect(noise(0.05)).toBe(0)
  expect(noise(0.3) / TRIALS).toBeGreaterThan(0.9)
})

describe('simulated forks', () => {
  const machine = { noise: 0.05, corruptedShare: 0.1, lastingBias: 0 }
  const draw = (trueEffect: number, seed: number, forks: number): number[] => {
    const drawFork = simulateForks(machine, trueEffect, seed, 0)
    return Array.from({ length: forks }, () => drawFork().candidate)
  }

  it('repeat with their seed, and with no other', () => {
    expect(draw(0, 1, 20)).toEqual(draw(0, 1, 20))
    expect(draw(0, 1, 20)).not.toEqual(draw(0, 2, 20))
  })

  it('have the noise, the effect and the share of corrupted forks asked for', () => {
    const figures = draw(0.25, 1, 20_000).map((figure) => figure - Math.log1p(0.25))
    const calm = figures.filter((figure) => Math.abs(figure) < 0.15)
    const mean = calm.reduce((sum, figure) => sum + figure, 0) / calm.length
    const squares = calm.reduce((sum, figure) => sum + figure ** 2, 0) / calm.length
    expect(Math.abs(mean)).toBeLessThan(0.002)
    expect(Math.abs(Math.sqrt(squares) - 0.05)).toBeLessThan(0.003)
    // Some jumps meet noise against them or one another, and land within.
    expect(1 - calm.length / figures.length).toBeGreaterThan(0.085)
    expect(1 - calm.length / figures.length).toBeLessThan(0.105)
  })
})
