import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { findNamespaceObstacle, NamespacePair } from '../src/system/namespace/namespace-pair.ts'
import { bin, readReport, runCommand, temporaryFolder } from './support/command.ts'
import { BOTH, SMALL, stretchesOf } from './support/load-runs.ts'

it.for([
  // So much longer than a turn of a busy machine that nothing but the fault can be the limit.
  ['busy=20000us', 'server'],
  ['generator-busy=20000us', 'generator'],
  // What another program takes of a CPU is missing in both sides' shares, most of all at both
  // ends of a stretch: then once more, and longer.
] as const)(
  'tells which side was the limit: %s',
  { retry: 2 },
  async ([fault, limit], { task }) => {
    const seconds = 4 ** (task.result?.retryCount ?? 0)
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', ...BOTH, ...SMALL, '--measure', 'throughput', '--duration', `${seconds}s`],
      ...['--inject', fault, '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    expect(stretchesOf(readReport(folder.path)).map((stretch) => stretch.limit)).toEqual([
      limit,
      limit,
    ])
    const isBound = /mqtt-qos1 +mqtt\.js +≥ /.test(run.stdout)
    expect(isBound, run.stdout).toBe(limit === 'generator')
  },
)

/** Counts what is posted, says the count to whoever asks. */
const COUNTER = `
  let posts = 0
  const server = require('node:http').createServer((request, response) => {
    if (request.method === 'POST') posts += 1
    request.resume().on('end', () => response.end(request.method === 'GET' ? String(posts) : ''))
  })
  server.listen(0, process.argv[1], () => console.log(server.address().port))`

describe.skipIf((await findNamespaceObstacle()) !== null)('a server on another machine', () => {
  it('gets more than every server does where its host and a rate are named', async () => {
    await using pair = await NamespacePair.open()
    const host = pair.links[0]?.endpointAddress ?? ''
    const [nsenter = '', ...enter] = pair.endpoint.enter
    const server = spawn(nsenter, [...enter, process.execPath, '-e', COUNTER, host], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(server, 'close')
    try {
      const [port] = await once(server.stdout, 'data')
      const url = `http://${host}:${Number(port)}/readings`
      using folder = temporaryFolder()
      const load = (...more: string[]) =>
        pair.device.run(process.execPath, [
          ...[bin, 'run', 'json', '-t', 'http1', '--clients', 'bare', '--http-url', url],
          ...['--rate', '400', '--messages', '200', '--out', folder.path, ...more],
        ])
      const count = () =>
        pair.device.run(process.execPath, [
          ...['-e', 'fetch(process.argv[1]).then((it) => it.text()).then(console.log)', url],
        ])
      await expect(load()).rejects.toThrow(/--rate: 400 is more than .*; at most 100/)
      expect(Number(await count())).toBe(0)
      const said = await load('--own-target', `${host}=1000`)
      expect(said).toContain(`--own-target answers for ${host}`)
      expect(Number(await count())).toBe(200)
      const { cells, plan } = readReport(folder.path)
      expect(cells[0]).toMatchObject({ status: 'measured', link: 'network' })
      expect(plan.targets?.[0]?.lifted).toMatchObject({ messagesPerS: 1_000, connections: 1_000 })
    } finally {
      server.kill('SIGKILL')
      await ended
    }
  })
})
