import type { ShaperCommands } from '../../../endpoint/shaper.ts'
import type { PlannedLink } from '../../../plan/plan.ts'
import type { WorkerProcess } from '../../../system/worker-process.ts'
import type { DeviceWay } from './network-path.ts'

/** Of a jitter: the same for every transport, and in every run. */
const SEED = 1
const LINK_DEADLINE_MS = 30_000

/** Over a relay that shapes a link. Enough is what carries a p90. */
export function relayWay(
  { profile, budgetMs }: PlannedLink,
  links: WorkerProcess<ShaperCommands>,
): DeviceWay {
  return {
    ...{ profile, budgetMs, slackMs: 0, enough: { cold: 10, steady: 40 } },
    async open({ address: endpoint }) {
      const link = { endpoint, profile, seed: SEED }
      const address = await links.request('openLink', link, LINK_DEADLINE_MS)
      return {
        address,
        async close() {
          await links.request('closeLink', address, LINK_DEADLINE_MS)
          return null
        },
      }
    },
  }
}
