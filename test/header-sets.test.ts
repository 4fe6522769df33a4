import { describe, expect, it } from 'vitest'
import { exporters } from '../src/export/index.ts'
import { ANSWER_SETS, HEADER_SETS } from '../src/model/scenario/header-sets.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { fixtureReport } from './fixtures/report.ts'
import { BYTES_ONLY, readReport, runCommand, temporaryFolder } from './support/command.ts'

const BYTES = ['run', 'json', ...BYTES_ONLY]

describe('run --header-set', () => {
  it('measures every set, and its fetch and Fastify are those that really run', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...[
        ...BYTES,
        '-t',
        'http1,http1-replay',
        '--header-set',
        'all',
        '--full',
        '--out',
        folder.path,
      ],
    ])
    expect(run.code, run.stderr).toBe(0)
    const { cells, headerSets = [] } = readReport(folder.path)
    expect(headerSets.map(({ headerSet }) => headerSet)).toEqual([...HEADER_SETS])
    expect(new Set(headerSets.map(({ answerSet }) => answerSet))).toEqual(new Set(ANSWER_SETS))
    const [ordinary, replay] = cells.map((cell) => {
      const ledger = cell.status === 'measured' ? (cell.bytes?.ledger ?? []) : []
      return [sumLedger(ledger, { direction: 'up' }), sumLedger(ledger, { direction: 'down' })]
    })
    const ofSet = (name: string) => {
      const found = headerSets.find(({ headerSet }) => headerSet === name)
      if (found?.status !== 'measured') throw new Error(`${name} was not measured`)
      const { messages, wireBytesUpPerMessage: up, wireBytesDownPerMessage: down } = found
      return [up * messages, down * messages]
    }
    expect(ofSet('fetch')).toEqual(ordinary)
    // 46 for one letter and /, 14 more for the address and 12 for the path, and the payload.
    expect(ofSet('minimal')).toEqual([100 * (46 + 14 + 12 + 14), 100 * 17])
    expect(replay).toEqual(ofSet('minimal'))
    expect(run.stdout).toContain('103–732 B')
  })

  it('fails the run where a set could not be measured', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...[...BYTES, '-t', 'memory', '--header-set', 'curl', '--answer-set', 'nginx'],
      ...['--inject', 'stray-byte=up', '--out', folder.path],
    ])
    expect(run.code).toBe(3)
    expect(readReport(folder.path).headerSets).toEqual([
      expect.objectContaining({
        headerSet: 'curl',
        client: 'curl 7.88.1',
        answerSet: 'nginx',
        status: 'failed',
        reason: expect.objectContaining({ key: 'unexplainedByte' }),
      }),
    ])
    expect(run.stdout).toContain('curl answered by nginx failed:')
  })

  it.each([
    [['--header-set', 'crul'], /--header-set: unknown set crul; did you mean curl\?/],
    [['--answer-set', 'ngnix'], /--answer-set: unknown set ngnix; did you mean nginx\?/],
    [['--header-set', 'all', '--measure', 'latency'], /--header-set: .* add bytes to --measure/],
  ])('refuses %j before anything is started', async (args, message) => {
    const run = await runCommand(['run', 'json', '-t', 'http1', ...args])
    expect([run.code, run.stderr]).toEqual([2, expect.stringMatching(message)])
  })
})

describe('the range line', () => {
  it('stands beside the figure of the default client, in both formats', () => {
    const names = { scenario: 'json', client: 'c', server: 's', status: 'measured', messages: 100 }
    const result = { ...names, answerSet: 'nginx', wireBytesDownPerMessage: 110 } as const
    const report = {
      ...fixtureReport(),
      headerSets: [
        { ...result, headerSet: 'curl', wireBytesUpPerMessage: 158 } as const,
        { ...result, headerSet: 'minimal', wireBytesUpPerMessage: 86 } as const,
      ],
    }
    for (const format of ['table', 'markdown'] as const) {
      const text = exporters[format].render(report as never, { columns: 200, colour: false })
      expect(text).toContain(
        '196–268 B (request 86 minimal – 158 curl, answer 110 nginx); http1 (fetch) 361 B',
      )
    }
  })
})
