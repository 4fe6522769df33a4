import { expect, it } from 'vitest'
import type { LatencyCheckTransport } from '../src/model/report/check/latency-check.ts'
import { type CampaignKind, type CampaignLine, summariseCampaign } from './campaign-summary.ts'

function line(
  kind: CampaignKind,
  verdict: LatencyCheckTransport['verdict'],
  medianRatio: number,
): CampaignLine {
  const result = {
    transport: 'http1',
    verdict,
    advisory: { isAdvisory: false, reason: null },
    controlSpread: 0.02,
    first: { medianRatio },
    forks: Array.from({ length: verdict === 'fail' ? 10 : 5 }),
    seconds: 60,
  } as unknown as LatencyCheckTransport
  return { kind, startedAt: '2026-01-01T00:00:00Z', node: '20.20.2', result }
}

it('counts verdicts by kind and transport', () => {
  const lines = [
    line('aa', 'pass', 0.99),
    line('slow', 'fail', 1.26),
    line('aa', 'no-verdict', 1.02),
    line('aa', 'pass', 1.01),
  ]
  expect(summariseCampaign(lines).split('\n').slice(2)).toEqual([
    '| A/A | http1 | 3 | 2 | 0 | 1 | 0 | 1.010 [0.990, 1.020] | 2.0 % | 5.0 | 60 |',
    '| +25 % | http1 | 1 | 0 | 1 | 0 | 0 | 1.260 [1.260, 1.260] | 2.0 % | 10.0 | 60 |',
  ])
})
