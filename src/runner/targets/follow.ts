import { said } from '../../model/said/said.ts'
import type { PlannedScenario } from '../../plan/plan.ts'
import { createPayloads } from '../../scenario/payload.ts'
import { withHeaders } from '../../targets/adapt-scenario.ts'
import { untilAnswered } from '../../targets/answer-deadline.ts'
import type { Target } from '../../targets/target.ts'
import type { CellDraft } from '../cells/cell-builder.ts'

/**
 * The target at the place that its redirects lead to, where that was asked for:
 * one message finds it, before anything is measured.
 * @throws InstrumentError `refused`, `connection`, `deadline`
 */
export async function followTarget(
  target: Target | undefined,
  { scenario, fileBytes }: PlannedScenario,
  draft: CellDraft,
  signal: AbortSignal,
): Promise<Target | undefined> {
  if (target?.followsRedirects !== true) return target
  const { followRedirects } = await import('../../transports/http/follow-redirects.ts')
  const context = {
    scenario: withHeaders(scenario, target.access.headers),
    signal,
    access: target.access,
  }
  const payload = createPayloads(scenario, fileBytes ?? undefined).payload(0)
  const { address, hops } = await untilAnswered(target, () =>
    followRedirects(new URL(target.address), context, payload),
  )
  if (hops.length === 0) return target
  draft.warnings.push(said('redirectsFollowed', { hops }))
  return { ...target, address: address.href }
}
