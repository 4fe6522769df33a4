import { describe, expect, it } from 'vitest'
import type { LatencyJudgement } from '../model/report/check/latency-check.ts'
import { said, saidText } from '../model/said/said.ts'
import { estimateForks } from '../stats/log-ratio.ts'
import { confirmFailure, findAdvisoryReason, judgeLatency, LATENCY_GATE } from './latency-gate.ts'

/** Forks that are slower by these per cent. */
const slower = (...percents: number[]): number[] => percents.map((p) => Math.log1p(p / 100))
const times = (count: number, percent: number): number[] =>
  Array(count).fill(Math.log1p(percent / 100))
const judge = (forks: number[], control: number[] = times(forks.length, 0)): LatencyJudgement =>
  judgeLatency(forks, control, LATENCY_GATE, estimateForks)

describe('a pass', () => {
  it('needs the upper bound under +10 %, which at five forks is the greatest', () => {
    const judgement = judge(slower(1, -2, 3, 0, 9.9))
    expect(judgement).toMatchObject({ state: 'pass', forks: 5, nextStage: null })
    expect(judgement.medianRatio).toBeCloseTo(1.01, 10)
    expect(judgement.lowerBound).toBeCloseTo(0.98, 10)
    expect(judgement.upperBound).toBeCloseTo(1.099, 10)
    expect(judgement.reasons.map(saidText)).toEqual([
      'slower by at most +9.9 % (95 %), which is under +10 %',
    ])
  })

  it.each([10, 10.1, 60])('is not given with one fork of five at +%d %%', (percent) => {
    expect(judge(slower(1, -2, 3, 0, percent))).toMatchObject({
      state: 'more-forks',
      nextStage: 10,
    })
  })

  it('comes at ten forks although one of them is far off', () => {
    expect(judge([...times(9, 2), ...slower(60)])).toMatchObject({ state: 'pass', forks: 10 })
  })

  it('is given to whatever is faster', () => {
    expect(judge(times(5, -40)).state).toBe('pass')
  })
})

describe('a failure', () => {
  it('comes at five forks where all are far over', () => {
    const judgement = judge(slower(25, 24, 27, 23, 26))
    expect(judgement).toMatchObject({ state: 'fail-pending-confirmation', nextStage: null })
    expect(judgement.reasons.map(saidText)).toEqual([
      'slower by +25 % in the median, at least +23 % (95 %), over 5 forks',
    ])
  })

  it('needs a median over +13 %', () => {
    expect(judge(times(20, 13.1)).state).toBe('fail-pending-confirmation')
    expect(judge(times(20, 12.9))).toMatchObject({
      state: 'no-verdict',
      reasons: expect.arrayContaining([
        said('medianNotOver', { arm: said('theReference'), median: '+12.9 %', limit: '+13 %' }),
      ]),
    })
  })

  it('needs a lower bound over +5 %, which at five forks is the least', () => {
    expect(judge(slower(25, 25, 25, 25, 5.1)).state).toBe('fail-pending-confirmation')
    const judgement = judge(slower(25, 25, 25, 25, 4.9))
    expect(judgement.state).toBe('more-forks')
    expect(judgement.reasons.map(saidText)).toContain(
      '95 % lower bound against the reference +4.9 %, not over +5 %',
    )
  })

  it('needs four forks in five over +5 %', () => {
    expect(judge([...times(8, 40), ...times(2, 4)]).state).toBe('fail-pending-confirmation')
    const judgement = judge([...times(15, 40), ...times(5, 4)])
    expect(judgement.state).toBe('no-verdict')
    expect(judgement.reasons.map(saidText)).toContain(
      '15 of 20 forks are over +5 % against the reference, fewer than 16',
    )
  })

  it('needs the candidate to be slower than the control too', () => {
    const control = slower(-20, 30, 25, -20, 30)
    const judgement = judge(times(5, 25), control)
    expect(judgement.state).toBe('more-forks')
    expect(judgement.reasons.map(saidText).join('\n')).toMatch(
      /median against the control 0 %, not over/,
    )
    expect(judgement.reasons.map(saidText).join('\n')).not.toMatch(/median against the reference/)
  })
})

describe('the control', () => {
  it.each([
    [times(20, 0), 6],
    [times(20, 40), 6],
    [times(20, 0), -7],
    [times(20, 40), -7],
  ])('beyond ±5 % takes every verdict away (case %#)', (forks, percent) => {
    const judgement = judge(forks, times(20, percent))
    expect(judgement.state).toBe('no-verdict')
    expect(saidText(judgement.reasons[0] ?? '')).toMatch(
      /^the control, a copy of the reference, differs from it by/,
    )
  })

  it('within ±5 % takes none', () => {
    expect(judge(times(5, 0), times(5, 4.9)).state).toBe('pass')
    expect(judge(times(5, 40), times(5, -4.5)).state).toBe('fail-pending-confirmation')
  })

  it('may scatter: its median alone takes no verdict away', () => {
    expect(judge(times(5, 60), slower(8, 9, 7, -6, 10)).state).toBe('fail-pending-confirmation')
  })
})

describe('stages', () => {
  it.each([1, 4, 6, 9, 11, 19])('give no verdict in between, at %d forks', (count) => {
    for (const percent of [0, 60]) {
      expect(judge(times(count, percent)).state).toBe('more-forks')
    }
  })

  it.each([
    [3, 5],
    [5, 10],
    [7, 10],
    [10, 20],
  ])('from %d forks lead to %d', (count, next) => {
    expect(judge(times(count, 11)).nextStage).toBe(next)
  })

  it('end at 20', () => {
    expect(judge(times(20, 11))).toMatchObject({ state: 'no-verdict', nextStage: null })
    expect(judge(times(21, 0)).state).toBe('pass')
  })
})

it('refuses forks without their control, no forks, and figures that are none', () => {
  expect(() => judge(times(5, 0), times(4, 0))).toThrow(RangeError)
  expect(() => judge([])).toThrow(RangeError)
  expect(() => judge([0, 0, Number.NaN, 0, 0])).toThrow(RangeError)
  expect(() => judge(times(5, 0), [0, 0, 0, Number.NEGATIVE_INFINITY, 0])).toThrow(RangeError)
})

describe('confirmFailure', () => {
  const failure = judge(times(5, 25))
  const pass = judge(times(5, 0))

  it('fails only what fails twice', () => {
    const { verdict, reasons } = confirmFailure(failure, judge(times(10, 30)))
    expect(verdict).toBe('fail')
    expect(reasons).toHaveLength(2)
    expect(saidText(reasons[1] ?? '')).toMatch(/^again on fresh forks: slower by \+30 %/)
  })

  it('has no verdict where fresh forks pass or say nothing', () => {
    expect(confirmFailure(failure, pass)).toMatchObject({
      verdict: 'no-verdict',
      reasons: [expect.anything(), { key: 'freshPassed' }],
    })
    expect(confirmFailure(failure, judge(times(20, 11)))).toMatchObject({
      verdict: 'no-verdict',
      reasons: expect.arrayContaining([expect.objectContaining({ key: 'freshOpen' })]),
    })
  })

  it('refuses to confirm what did not fail, or by forks that are not finished', () => {
    expect(() => confirmFailure(pass, failure)).toThrow(RangeError)
    expect(() => confirmFailure(failure, judge(times(5, 11)))).toThrow(RangeError)
  })
})

describe('findAdvisoryReason', () => {
  const pinned = { pinned: true, reason: 'load on CPU 0, endpoints on CPU 1' }

  it('lets a pinned machine with a narrow spread fail a build', () => {
    expect(findAdvisoryReason(pinned, 0.026, LATENCY_GATE)).toBeNull()
    expect(findAdvisoryReason(pinned, 0.15, LATENCY_GATE)).toBeNull()
  })

  it('says how wide a spread is that takes the gate away', () => {
    expect(saidText(findAdvisoryReason(pinned, 0.2345, LATENCY_GATE) ?? '')).toBe(
      'latency is advisory here: the reference against itself spreads by 23.5 % from fork to fork, more than 15 %',
    )
  })

  it('says why there is no pinning', () => {
    const reason = findAdvisoryReason({ pinned: false, reason: 'one CPU' }, 0.01, LATENCY_GATE)
    expect(saidText(reason ?? '')).toMatch(/not pinned .*\(one CPU\)/)
  })

  it('does not take an unknown spread for a narrow one', () => {
    expect(findAdvisoryReason(pinned, null, LATENCY_GATE)).toEqual(said('advisoryFew'))
    expect(findAdvisoryReason(pinned, Number.NaN, LATENCY_GATE)).not.toBeNull()
  })
})
