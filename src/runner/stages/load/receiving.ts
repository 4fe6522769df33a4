import { setTimeout } from 'node:timers/promises'
import { payloadCycle } from '../../../delivery/numbered.ts'
import type { ReceptionTally } from '../../../delivery/reception.ts'
import { saidOf } from '../../../model/errors.ts'
import { meanPerS } from '../../../model/pace.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import type { LoadPlan } from '../../../plan/load-plan.ts'
import { nowNs, wallClock } from '../../../system/clock.ts'
import { askEndpoint } from '../../ask.ts'
import type { ServedCell } from '../../cells/running-cell.ts'
import { patienceMs, WORK_SLACK_MS } from './client-run.ts'
import type { LoadStage } from './load-stage.ts'

const say = catalogue({
  en: {
    listening: (transport: string, at: string) => `${transport}, subscribed, waiting for ${at}`,
    received: (transport: string, messages: number) =>
      `${transport}, ${formatCount(messages)} messages received`,
  },
  'zh-TW': {
    listening: (transport, at) => `${transport}，已訂閱，等待 ${at}`,
    received: (transport, messages) => `${transport}，已收到 ${formatCount(messages)} 則訊息`,
  },
})

/** How often it is looked at what has come. */
const LOOK_EACH_MS = 200
/** Publishers are done when nothing has come for so long, from the end that the plan has. */
const SILENCE_MS = 2_000
const SUBSCRIBE_DEADLINE_MS = 60_000

/**
 * A part that only subscribes: from before the common start until publishers are
 * done by the plan and nothing has come for a while, or could come any more.
 * What happens to it stands in the cell.
 */
export async function measureReception(cell: ServedCell, stage: LoadStage): Promise<void> {
  const { draft, transport, planned } = cell
  const { load, start } = stage
  const { index, of } = load.part ?? { index: 0, of: 1 }
  const at = start.at?.toISOString() ?? ''
  try {
    const request = {
      ...{ topic: planned.scenario.topic, connections: load.connections, index, of },
      ...payloadCycle(planned.scenario, planned.fileBytes),
    }
    await askEndpoint(cell, 'startReceiving', request, SUBSCRIBE_DEADLINE_MS)
    const listeningAt = wallClock().toISOString()
    const connections = Math.ceil((load.connections - index) / of)
    const keep = (tally: ReceptionTally): void => {
      draft.received = { listeningAt, connections, ...tally }
    }
    stage.onProgress(say.listening(transport, at))
    const startNs = (await start.take()) ?? nowNs()
    const { endMs, latestMs } = spanOf(load)
    let heardMs = endMs
    let messages = 0
    for (;;) {
      const elapsedMs = Number(nowNs() - startNs) / 1e6
      const tally = await askEndpoint(cell, 'received', undefined)
      keep(tally)
      if (tally.messages > messages) heardMs = Math.max(endMs, elapsedMs)
      // Publishers that come late are waited for: before their first message silence says nothing.
      const isOver = tally.messages > 0 && elapsedMs >= heardMs + SILENCE_MS
      if (isOver || elapsedMs >= latestMs) break
      messages = tally.messages
      stage.checkpoint()
      stage.onProgress(say.received(transport, messages))
      await setTimeout(LOOK_EACH_MS)
    }
    draft.done = true
    await stage.onMeasured()
  } catch (error) {
    draft.fail(saidOf(error))
  }
}

/** In milliseconds from the start: when publishers are done where nothing holds them up, and when in any case. */
function spanOf({ pace, durationMs, messages, drainMs }: LoadPlan): {
  endMs: number
  latestMs: number
} {
  const ofMessagesMs =
    messages === null ? durationMs : pace === null ? 0 : (messages / meanPerS(pace.pace)) * 1_000
  const mostMs = messages === null ? durationMs : Math.max(durationMs, patienceMs(pace, messages))
  return { endMs: ofMessagesMs, latestMs: mostMs + drainMs + WORK_SLACK_MS }
}
