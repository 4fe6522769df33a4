import { type DriverChoice, driversOf } from '../../../load/driver/drivers.ts'
import { saidOf } from '../../../model/errors.ts'
import type { LoadRun } from '../../../model/report/load-result.ts'
import { quoted, type Said, said } from '../../../model/said/said.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type LoadPlan, ownConnections } from '../../../plan/load-plan.ts'
import type { TransportTraits } from '../../../transports/transport.ts'
import type { ServedCell } from '../../cells/running-cell.ts'
import { connectDeadlineMs, LoadRunner, type Work } from './client-run.ts'
import type { LoadStage } from './load-stage.ts'

const say = catalogue({
  en: {
    load: (transport: string, client: string, what: string) =>
      `load, ${transport} by ${client}, ${what}`,
    waiting: (at: string) => `waiting for ${at}`,
    connecting: 'connecting',
    warmUp: 'warm-up',
    saturation: 'saturation',
    rate: (perS: string) => `${perS} a second`,
  },
  'zh-TW': {
    load: (transport, client, what) => `負載，${transport}（${client}），${what}`,
    waiting: (at) => `等待 ${at}`,
    connecting: '建立連線',
    warmUp: '暖身',
    saturation: '飽和',
    rate: (perS) => `每秒 ${perS} 則`,
  },
})

/**
 * A cell under load: each of its clients in turn, while the endpoints of the
 * other cells stand idle.
 */
export async function measureLoad(
  cell: ServedCell,
  traits: TransportTraits,
  stage: LoadStage,
): Promise<void> {
  const { clients } = stage.load
  const drivers = driversOf(cell.transport, traits).filter(
    ({ kind }) => clients === 'all' || clients === kind,
  )
  const reason = whyNot(cell, traits, drivers, stage.load)
  if (reason !== null) {
    if (stage.plan.measures.length === 1) cell.draft.skip(reason)
    else cell.draft.warnings.push(said('noThroughput', { why: quoted(reason) }))
    return
  }
  if (stage.load.role === 'subscribe') {
    const { measureReception } = await import('./receiving.ts')
    return measureReception(cell, stage)
  }
  for (const driver of drivers) {
    const run = await measureClient(cell, driver, stage)
    // The end of the endpoint is the reason; what it did to the load follows from it.
    const death = cell.endpoint.death?.said ?? null
    const reasons = [death, run.failure].filter((reason) => reason !== null)
    if (reasons.length > 0)
      cell.draft.fail(said('underLoad', { client: run.client, reasons: reasons.map(quoted) }))
    if (death !== null) return
  }
}

function whyNot(
  cell: ServedCell,
  traits: TransportTraits,
  drivers: readonly DriverChoice[],
  load: LoadPlan,
): Said | null {
  if (cell.planned.scenario.flow !== 'uplink') return said('loadOnlyUp')
  const { transport } = cell
  if (traits.startsPrograms) return said('loadStartsPrograms', { transport })
  if (traits.protocol === 'none') return said('loadNoWire', { transport })
  const isUntold = cell.arrivals === 'untold' && load.role !== 'publish'
  if (isUntold && traits.completion === 'flushed') {
    return said('loadUntold', { transport })
  }
  const { clients, workers } = load
  const connections = ownConnections(load)
  if (connections < workers) return said('loadFewConnections', { workers, connections })
  if (drivers.length > 0) return null
  return said('loadNoClient', { transport, kind: clients === 'all' ? '' : clients })
}

async function measureClient(
  cell: ServedCell,
  driver: DriverChoice,
  stage: LoadStage,
): Promise<LoadRun> {
  const { load } = stage
  const run: LoadRun = {
    client: driver.client,
    workers: load.workers,
    connections: ownConnections(load),
    opened: 0,
    inFlight: load.pipelines || !driver.isInTurn ? load.inFlight : 1,
    failedConnections: [],
    failure: null,
    warnings: [],
    stretches: [],
  }
  cell.draft.load.push(run)
  const tell = (what: string): void =>
    stage.onProgress(say.load(cell.transport, driver.client, what))
  try {
    stage.checkpoint()
    const { start } = stage
    if (start.at !== null) tell(say.waiting(start.at.toISOString()))
    await start.comeWithin(connectDeadlineMs(load) + load.warmupMs)
    tell(say.connecting)
    await using runner = new LoadRunner(cell, driver, stage, run)
    await runner.connect()
    tell(say.warmUp)
    await runner.warmUp()
    await measureStretches(runner, stage, run, tell)
  } catch (error) {
    run.failure ??= saidOf(error)
  }
  return run
}

async function measureStretches(
  runner: LoadRunner,
  stage: LoadStage,
  run: LoadRun,
  tell: (what: string) => void,
): Promise<void> {
  const { sweep, pace, durationMs, messages } = stage.load
  const measure = async (work: Work): Promise<boolean> => {
    if (run.failure !== null) return false
    stage.checkpoint()
    tell(work.pace === null ? say.saturation : say.rate(work.pace.text))
    await runner.measure(work)
    await stage.onMeasured()
    return run.failure === null
  }
  if (sweep === null) {
    await measure({ pace, durationMs, messages })
    return
  }
  let rates = sweep.kind === 'rates' ? sweep.rates : []
  if (sweep.kind === 'shares') {
    if (!(await measure({ pace: null, durationMs, messages }))) return
    const most = run.stretches[0]?.messagesPerS ?? 0
    rates = sweep.shares.map((share) => Math.max(1, Math.round(most * share)))
  }
  for (const perS of rates) {
    const step = { pace: { kind: 'constant', perS } as const, text: formatCount(perS) }
    if (!(await measure({ pace: step, durationMs, messages }))) return
  }
}
