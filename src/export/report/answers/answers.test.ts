import { describe, expect, it } from 'vitest'
import { fanoutReport } from '../../../../test/fixtures/fanout-report.ts'
import {
  commandsAlone,
  countedLinkReport,
  lossReport,
} from '../../../../test/fixtures/kinds-of-report.ts'
import { linkReport } from '../../../../test/fixtures/link-report.ts'
import { loadReport } from '../../../../test/fixtures/load-report.ts'
import { fixtureReport } from '../../../../test/fixtures/report.ts'
import type { Report } from '../../../model/report/report.ts'
import { inLanguage } from '../../../model/text/language.ts'
import { table } from '../../document/terminal-table.ts'
import type { RunCell } from '../scenario-cells.ts'
import { answerOf } from './answer.ts'
import { sentencesBy } from './entries.ts'

const screen = (report: Report): string =>
  table.render(report, { columns: 80, colour: false, summary: { folder: null } })

/** Its measured cells, as they are made of each. */
const withCells = (report: Report, make: (cell: RunCell) => readonly RunCell[]): Report => ({
  ...report,
  cells: report.cells.flatMap((cell) => (cell.status === 'measured' ? make(cell) : [])),
})

const alone = (transport: string, make: (cell: RunCell) => RunCell): string =>
  answerOf({
    ...withCells(fixtureReport(), (cell) =>
      cell.transport === transport && cell.scenario === 'json' ? [make(cell)] : [],
    ),
    verdicts: [],
  }).join('\n')

describe('a transport alone', () => {
  it('that opens a connection for each message costs all of it', () => {
    const told = alone('mqtt-qos1', (cell) => {
      const { bytes } = cell
      if (bytes?.firstMessage === undefined) throw new Error('no bytes')
      return {
        ...cell,
        bytes: { ...bytes, firstMessage: { ...bytes.firstMessage, connection: 'own' } },
      }
    })
    expect(told).toMatch(
      /^With its share of opening and closing connections, a message takes .* on the wire\.$/,
    )
    expect(alone('mqtt-qos1', (cell) => cell)).toMatch(
      /^On the wire of a connection that is open, a message takes 36 B /,
    )
  })

  it('at a server that tells nothing of arrivals is answered, and does not arrive', () => {
    const timed = (delivery: 'told' | 'not told') =>
      alone('http1', (cell) => ({
        ...cell,
        bytes: null,
        latency: cell.latency && {
          ...cell.latency,
          ...(delivery === 'not told' && { delivery: null }),
        },
      }))
    expect(timed('told')).toMatch(/^A message arrives after /)
    expect(timed('not told')).toMatch(/^A message is acknowledged or answered after /)
  })
})

describe('a load', () => {
  it('has a row for each client, however many', () => {
    const text = screen(
      withCells(loadReport('saturation'), (cell) =>
        [0, 1, 2].map((qos) => ({ ...cell, transport: `${cell.transport}${qos}-qos${qos}` })),
      ),
    )
    expect(text).toMatch(/^http10-qos0 +fetch +≥ 4,210 /m)
    expect(text).toMatch(/^http10-qos0 +bare +31,000 /m)
  })

  it('at the one rate of a sweep says at which, and has no control among whom it praises', () => {
    const report = loadReport('rate')
    const { load } = report.plan
    if (load === undefined) throw new Error('no load')
    const swept = withCells(
      { ...report, plan: { ...report.plan, load: { ...load, rate: null, sweep: '1000' } } },
      (cell) => [cell, { ...cell, transport: 'tcp', protocol: 'length-prefixed' }],
    )
    expect(answerOf(swept)[0]).toMatch(
      /^Keeping up with 1,000 messages per second: mqtt-qos1 by mqtt.js \(p99 744 µs\);/,
    )
    expect(answerOf(swept).join('\n')).not.toContain('tcp')
    expect(screen(swept)).toMatch(/^tcp +mqtt.js +1,000 /m)
  })

  it.each([
    ['1000', '1,000 messages per second', '每秒 1,000 則訊息'],
    ['0.5', '0.5 messages per second', '每秒 0.5 則訊息'],
    ['poisson:1000', 'on average 1,000 messages per second', '平均每秒 1,000 則訊息'],
    ['ramp:100..5000', '100 to 5,000 messages per second', '每秒 100 到 5,000 則訊息'],
  ])('tells a rate in words that was asked for as %s', (rate, told, toldInChinese) => {
    const asked = withCells(loadReport('rate'), (cell) => [
      {
        ...cell,
        load: {
          runs: (cell.load?.runs ?? []).map((run) => ({
            ...run,
            stretches: run.stretches.map((stretch) => ({ ...stretch, rate })),
          })),
        },
      },
    ])
    expect(answerOf(asked).join('\n')).toContain(`Keeping up with ${told}: `)
    const inChinese = inLanguage('zh-TW', () => answerOf(asked).join('\n'))
    expect(inChinese).toContain(`${toldInChinese}時，`)
  })

  it('lists names in Chinese without a space behind their brackets', () => {
    const twice = withCells(loadReport('rate'), (cell) => [
      cell,
      { ...cell, transport: 'mqtt-qos2' },
    ])
    expect(inLanguage('zh-TW', () => answerOf(twice)[0])).toMatch(/）與 mqtt-qos2（/)
  })
})

it('a copy is the same with few as with many only where both were measured', () => {
  const told = (few: (cell: RunCell) => boolean) =>
    answerOf(
      withCells(fanoutReport(), (cell) =>
        cell.scenario === 'fan-out-1' && !few(cell) ? [] : [cell],
      ),
    )[0]
  expect(told(() => true)).toMatch(/, the same with 1 as with 100 subscribers\.$/)
  expect(told(({ transport }) => transport !== 'mqtt-qos0')).toMatch(/, with 100 subscribers\.$/)
})

it('a wake-up costs what crosses the link, where that is known', () => {
  const known = countedLinkReport()
  expect(answerOf(linkReport())[1]).toContain(
    'takes 61 B (mqtt-qos0) to 67 B (mqtt-qos1) over MQTT',
  )
  expect(answerOf(known)[1]).toContain(
    `takes ${61 + 380 + 104 + 208} B (mqtt-qos0) to ${67 + 380 + 104 + 208} B (mqtt-qos1) over MQTT`,
  )
  expect(screen(known)).toMatch(/^mqtt-qos0 .* 753 B /m)
})

it('waiting on the link is told by what an exchange takes there', () => {
  const report = withCells(commandsAlone(), (cell) => {
    const { bytes } = cell
    if (bytes?.waiting === undefined) return [cell]
    const ledger = [
      ...bytes.ledger,
      {
        phase: 'steady',
        direction: 'up',
        layer: 'network',
        bytes: 104,
        basis: 'modelled',
      } as const,
    ]
    const waiting = { ...bytes.waiting, exchangeLinkBytes: 461, linkBytesPerHour: 1_659_600 }
    return [{ ...cell, bytes: { ...bytes, ledger, waiting } }]
  })
  expect(answerOf(report)[0]).toMatch(/ on the link, as http-poll exchanges 461 B every 1 s:/)
  expect(answerOf(commandsAlone())[0]).toMatch(
    / on the wire, as http-poll exchanges 305 B every 1 s:/,
  )
})

it('says of whom there are too few samples for a percentile that others have', () => {
  const lossy = (p99Us: number | null) =>
    withCells(lossReport(), (cell) => {
      const { latency } = cell
      if (latency?.response == null) return []
      const known = cell.transport === 'http1' ? p99Us : 9_000
      return [{ ...cell, latency: { ...latency, response: { ...latency.response, p99Us: known } } }]
    })
  expect(answerOf(lossy(9_000)).join('\n')).toMatch(/ as what is lost is sent again\.$/m)
  expect(answerOf(lossy(null)).join('\n')).toMatch(
    / as what is lost is sent again; of http1 there are too few samples to say\.$/m,
  )
})

it('of many contents says how many are not told of', () => {
  const entries = Array.from({ length: 7 }, (_, index) => ({ name: `c${index}` }))
  const told = (count: number, silent: readonly string[] = []) =>
    sentencesBy(entries.slice(0, count), ({ name }) => [
      silent.includes(name) ? '' : `${name} costs.`,
    ])
  expect(told(5)).toHaveLength(5)
  expect(told(7).slice(4)).toEqual(['c4: c4 costs.', 'Of 2 more contents the tables tell.'])
  // Of what has no figure nothing is told elsewhere either.
  expect(told(7, ['c0', 'c6'])).toHaveLength(5)
  expect(
    told(
      7,
      entries.map(({ name }) => name),
    ),
  ).toEqual([])
})
