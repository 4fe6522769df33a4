import type { LossCounts } from '../../../model/link/loss.ts'
import type { PlannedLoss } from '../../../plan/plan.ts'
import type { LossyNetwork } from '../../../system/namespace/lossy-network.ts'
import type { DeviceWay } from './network-path.ts'

/** A loss costs 200 ms, and twice as much each further time: this is six in a row. */
const SLACK_MS = 12_600

/**
 * Straight to the endpoint, over a link that loses packets while a cell is
 * measured. Most messages take as long as on loopback, so there can be enough of
 * them for a p99.9 (3,688): the tail is what is asked about.
 */
export function lossyWay({ probability, budgetMs }: PlannedLoss, network: LossyNetwork): DeviceWay {
  return {
    profile: {
      ...{ name: 'loss', title: 'loss', publisher: 'none', source: 'none' },
      ...{ rttMs: 0, jitterMs: 0, downBitsPerS: null, upBitsPerS: null },
      queue: { kind: 'one-rtt' },
    },
    ...{ budgetMs, slackMs: SLACK_MS, enough: { cold: 100, steady: 4_000 } },
    noticeHost: network.noticeHost,
    async open({ address }) {
      await network.lose(probability)
      const before = await network.counts()
      return {
        address,
        async close() {
          const after = await network.counts()
          await network.loseNothing()
          return difference(before, after)
        },
      }
    },
  }
}

function difference(before: LossCounts, after: LossCounts): LossCounts {
  const of = (name: keyof LossCounts) => ({
    up: after[name].up - before[name].up,
    down: after[name].down - before[name].down,
  })
  return { dropped: of('dropped'), retransmitted: of('retransmitted'), segments: of('segments') }
}
