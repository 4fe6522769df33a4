import type { LoadRun, LoadStretch } from '../../model/report/load-result.ts'
import type { Report } from '../../model/report/report.ts'
import { formatCount, formatMicros, formatTime } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Block } from '../document/document.ts'
import { loadRunsOf } from '../files/load-rows.ts'
import type { RunCell } from './scenario-cells.ts'

const say = catalogue({
  en: {
    whatIsShown: 'p99 of the response at each rate (logarithmic); ✗: the rate was not met',
    rate: (perS: string) => `${perS}/s`,
    knee: 'knee',
    by: (transport: string, client: string) => `${transport} by ${client}`,
    keeps: (name: string, rate: string, p99: string) => `${name} keeps up to ${rate}/s${p99}`,
    p99: (time: string) => ` with a p99 of ${time}`,
    misses: (rate: string) => `, no longer at ${rate}/s`,
    noFaster: ', and nothing faster was offered',
    never: (name: string, rate: string) => `${name} does not meet ${rate}/s, the slowest`,
  },
  'zh-TW': {
    whatIsShown: '各速率下回應的 p99（對數）；✗：未達要求的速率',
    rate: (perS) => `每秒 ${perS}`,
    knee: '轉折點',
    by: (transport, client) => `${transport}（${client}）`,
    keeps: (name, rate, p99) => `${name}到每秒 ${rate} 則都跟得上${p99}`,
    p99: (time) => `，p99 為 ${time}`,
    misses: (rate) => `，每秒 ${rate} 則就跟不上`,
    noFaster: '，沒有要求更快的',
    never: (name, rate) => `${name}連最慢的每秒 ${rate} 則都達不到`,
  },
})

/** A client's steps of rising rate, and where it stops keeping up: the knee of its curve. */
export interface Sweep {
  readonly cell: RunCell
  readonly run: LoadRun
  /** From slow to fast; each with a rate that was offered. */
  readonly steps: readonly Step[]
  /** The fastest step before the first whose rate was not met; null where not even the slowest was. */
  readonly kept: Step | null
  /** The first step whose rate was not met; null where each was. */
  readonly missed: Step | null
}

export interface Step {
  readonly stretch: LoadStretch
  readonly offeredPerS: number
}

export function sweepsOf(report: Report): Sweep[] {
  if ((report.plan.load?.sweep ?? null) === null) return []
  return loadRunsOf(report).flatMap(({ cell, run }) => {
    const steps = run.stretches.flatMap((stretch): Step[] =>
      stretch.kind === 'open loop' && stretch.offeredPerS !== null
        ? [{ stretch, offeredPerS: stretch.offeredPerS }]
        : [],
    )
    if (steps.length < 2) return []
    const at = steps.findIndex(({ stretch }) => stretch.rateMet === 'not met')
    const kept = steps.at(at === -1 ? -1 : at - 1) as Step
    return [
      {
        cell,
        run,
        steps,
        kept: at === 0 ? null : kept,
        missed: at === -1 ? null : (steps[at] as Step),
      },
    ]
  })
}

/** The shortest bar is still seen. */
const SHORTEST = 0.05

/** The curve of a sweep, for a terminal. */
export function sweepChart({ steps, kept, missed }: Sweep): Block[] {
  const timed = steps.flatMap((step) => {
    const p99Us = step.stretch.response?.p99Us ?? null
    return p99Us === null || p99Us <= 0 ? [] : [{ step, p99Us }]
  })
  if (timed.length < 2) return []
  const logs = timed.map(({ p99Us }) => Math.log(p99Us))
  const [least, most] = [Math.min(...logs), Math.max(...logs)]
  const shareOf = (p99Us: number): number =>
    most === least ? 1 : SHORTEST + ((1 - SHORTEST) * (Math.log(p99Us) - least)) / (most - least)
  const rows = timed.map(({ step, p99Us }) => {
    const isMissed = step.stretch.rateMet === 'not met'
    const mark = isMissed ? ' ✗' : step === kept && missed !== null ? ` ${say.knee}` : ''
    return {
      name: say.rate(formatCount(Math.round(step.offeredPerS))),
      shape: shareOf(p99Us),
      text: formatMicros(p99Us) + mark,
      ...(isMissed && { tone: 'bad' as const }),
    }
  })
  return [{ kind: 'chart', says: say.whatIsShown, rows, axis: [] }]
}

/** `mqtt-qos1 by mqtt.js` */
export const sweepName = ({ cell, run }: Sweep): string => say.by(cell.transport, run.client)

/** Up to which rate it keeps up, with which p99, and from which on no longer. */
export function sweepText(sweep: Sweep): string {
  const { kept, missed, steps } = sweep
  const name = sweepName(sweep)
  if (kept === null) return say.never(name, perS(steps[0] as Step))
  const p99Us = kept.stretch.response?.p99Us ?? null
  const keeps = say.keeps(name, perS(kept), p99Us === null ? '' : say.p99(formatTime(p99Us)))
  return keeps + (missed === null ? say.noFaster : say.misses(perS(missed)))
}

export const perS = ({ offeredPerS }: Step): string => formatCount(Math.round(offeredPerS))
