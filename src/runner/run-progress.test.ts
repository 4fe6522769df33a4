import { expect, it } from 'vitest'
import { type ProgressStep, partOf } from '../model/progress-step.ts'
import { planRun } from '../plan/make-plan.ts'
import { loadTransport } from '../transports/registry.ts'
import { traitsFor } from '../transports/run-options.ts'
import { draftCells } from './cells/create-cells.ts'
import { RunProgress, stepsOf } from './run-progress.ts'

async function planned(options: Parameters<typeof planRun>[0]) {
  const plan = await planRun(options)
  const ids = [...new Set(plan.scenarios.flatMap(({ transports }) => transports))]
  const traits = new Map(
    await Promise.all(
      ids.map(async (id) => [id, traitsFor(await loadTransport(id), plan.options)] as const),
    ),
  )
  return { plan, steps: stepsOf(plan, draftCells(plan, traits), traits) }
}

const kinds = (steps: readonly { kind: string }[]): string =>
  steps.map(({ kind }) => kind).join(' ')

it('has the steps of a plan in the order in which they are taken', async () => {
  const json = { scenario: ['json'], transports: 'http1,mqtt-qos1', rounds: 3 }
  expect(kinds((await planned({ ...json, 'link-bytes': 'off' })).steps)).toBe(
    'bytes bytes serve warm-up round round round',
  )
  const measured = await planned({ ...json, measure: 'bytes', 'link-bytes': 'where-possible' })
  expect(kinds(measured.steps)).toBe('bytes bytes packets')
  const loaded = await planned({ ...json, measure: 'throughput', 'link-bytes': 'off' })
  expect(kinds(loaded.steps)).toBe('serve load load')
  const slow = await planned({ ...json, rounds: undefined, link: '3G', measure: 'latency' })
  expect(kinds(slow.steps)).toBe('link serve over over')
})

it('weighs what is left by what steps of its kind took', async () => {
  const { plan, steps } = await planned({
    ...{ scenario: ['json', 'stream-1000'], transports: 'http1,mqtt-qos1', measure: 'bytes' },
    'link-bytes': 'off',
  })
  const told: ProgressStep[] = []
  const clock = { ms: 0 }
  const progress = new RunProgress(
    steps,
    (step) => told.push(step),
    () => clock.ms,
  )
  for (const each of plan.scenarios) {
    for (const transport of each.transports) {
      progress.begin('bytes', transport, { planned: each, transport })
      // Twice what was thought.
      clock.ms += 2 * (steps.find((step) => step.planned === each)?.guessMs ?? 0)
    }
  }
  expect(told[0]).toMatchObject({ share: 0, leftMs: null })
  // The first step has said how slow the machine is; the long scenario is known to be long.
  const totalMs = clock.ms
  const beganMs = [0, 1, 2, 3].map((index) =>
    steps.slice(0, index).reduce((sum, step) => sum + 2 * step.guessMs, 0),
  )
  for (const [index, { share, leftMs }] of told.entries()) {
    if (index === 0) continue
    expect(leftMs).toBeCloseTo(totalMs - (beganMs[index] as number), 6)
    expect(share).toBeCloseTo((beganMs[index] as number) / totalMs, 6)
  }
})

it('messages that open their own connections take longer from the start', async () => {
  const guessOf = async (transports: string): Promise<number> => {
    const { steps } = await planned({ scenario: ['json'], transports, 'link-bytes': 'off' })
    return steps
      .filter(({ kind }) => kind === 'round')
      .reduce((sum, { guessMs }) => sum + guessMs, 0)
  }
  const [kept, clear, tls] = await Promise.all(
    ['http1,mqtt-qos1', 'http1-close,mqtt-close', 'https1-resumed,mqtts-close'].map(guessOf),
  )
  expect(clear).toBeCloseTo((kept as number) * 8, 6)
  expect(tls).toBeCloseTo((kept as number) * 25, 6)
})

it.each([
  ['as it was thought', () => 1],
  ['slower for one kind than for another', (kind: string) => ({ bytes: 2, serve: 4 })[kind] ?? 3],
  ['slow at first', (_kind: string, index: number) => (index < 4 ? 5 : 1)],
])('goes one way on a machine that is %s', async (_what, slowness) => {
  const { plan, steps } = await planned({ scenario: ['all'], 'link-bytes': 'off' })
  const told: ProgressStep[] = []
  const clock = { ms: 0 }
  const progress = new RunProgress(
    steps,
    (step) => told.push(step),
    () => clock.ms,
  )
  const beganMs = steps.map(({ kind, planned, transport, guessMs }, index) => {
    const began = clock.ms
    const scenario = plan.scenarios.find((each) => each === planned)
    progress.begin(
      kind,
      `${index}`,
      scenario && { planned: scenario, ...(transport && { transport }) },
    )
    clock.ms += guessMs * slowness(kind, index)
    return began
  })
  expect(told).toHaveLength(steps.length)
  const shares = told.map(({ share = 0 }) => share)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  const left = told.flatMap(({ leftMs }) => leftMs ?? [])
  expect(left).toEqual(left.toSorted((a, b) => b - a))
  // Of what it says half way, at least half is so.
  const half = beganMs.findIndex((ms) => ms > clock.ms / 2)
  expect(shares[half]).toBeGreaterThan(0.25)
  expect(told[half]?.leftMs).toBeGreaterThan((clock.ms - (beganMs[half] as number)) / 2)
})

it('tells that it will take much longer, once that is known', async () => {
  const { plan, steps } = await planned({
    ...{ scenario: ['json'], transports: 'http1,mqtt-qos1', measure: 'bytes' },
    'link-bytes': 'off',
  })
  const told: ProgressStep[] = []
  const clock = { ms: 0 }
  const progress = new RunProgress(
    [...steps, ...steps],
    (step) => told.push(step),
    () => clock.ms,
  )
  const [json] = plan.scenarios
  for (const slowness of [1, 10, 10]) {
    const transport = told.length % 2 === 0 ? 'http1' : 'mqtt-qos1'
    progress.begin('bytes', transport, json ? { planned: json, transport } : null)
    clock.ms += (steps[0]?.guessMs ?? 0) * slowness
  }
  const [, first, second] = told
  expect(second?.leftMs).toBeGreaterThan(first?.leftMs ?? Number.NaN)
  expect(second?.share).toBeGreaterThan(first?.share ?? Number.NaN)
})

it('one of several runs is a part of the whole', () => {
  const step = { what: 'json', share: 0.5, leftMs: 1_000 }
  expect(partOf(step, 1, 4)).toEqual({ what: 'json', share: 0.375, leftMs: 5_000 })
  expect(partOf({ what: 'json' }, 1, 4)).toEqual({ what: 'json' })
})
