import { expect, it } from 'vitest'
import { readReport, runCommand, temporaryFolder } from './support/command.ts'
import { BOTH, SMALL, stretchesOf } from './support/load-runs.ts'

it.each([
  // So much longer than a turn of a busy machine that nothing but the fault can be the limit.
  ['busy=20000us', 'server'],
  ['generator-busy=20000us', 'generator'],
  // What another program takes of a CPU is missing in both sides' shares: then once more.
])('tells which side was the limit: %s', { retry: 2 }, async (fault, limit) => {
  using folder = temporaryFolder()
  const run = await runCommand([
    ...['run', 'json', ...BOTH, ...SMALL, '--measure', 'throughput', '--duration', '1s'],
    ...['--inject', fault, '--out', folder.path],
  ])
  expect(run.code, run.stderr).toBe(0)
  expect(stretchesOf(readReport(folder.path)).map((stretch) => stretch.limit)).toEqual([
    limit,
    limit,
  ])
  const isBound = /mqtt-qos1 +mqtt\.js +≥ /.test(run.stdout)
  expect(isBound, run.stdout).toBe(limit === 'generator')
})
