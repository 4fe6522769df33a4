import { stripVTControlCharacters } from 'node:util'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RenderOptions } from '../src/export/exporter.ts'
import { FORMATS } from '../src/export/exporter.ts'
import { renderLedgerCsv } from '../src/export/files/ledger-csv.ts'
import { renderResultsCsv } from '../src/export/files/results-csv.ts'
import { exporters } from '../src/export/index.ts'
import { answerInShort } from '../src/export/report/answers/answer.ts'
import { type Cell, type Report, reportSchema } from '../src/model/report/report.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { fixtureReport } from './fixtures/report.ts'
import { expectAnswerAgain, expectGolden } from './support/golden.ts'

const PLAIN: RenderOptions = { columns: 80, colour: false }

/** By script, not by the ranges that the exporter uses: two must agree. */
function cellsOf(line: string): number {
  let cells = 0
  for (const character of line) {
    if (/\p{M}/u.test(character)) continue
    const wide =
      /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[！-～、。]/u
    cells += wide.test(character) ? 2 : 1
  }
  return cells
}

const linesOf = (text: string): string[] => text.trimEnd().split('\n')

describe('golden files', () => {
  it.each(['table', 'csv', 'markdown'] as const)('%s', (format) => {
    const { extension, render } = exporters[format]
    expectGolden(`report.${extension}`, render(fixtureReport(), PLAIN))
  })

  it.each(['table', 'markdown'] as const)('%s in Chinese', (format) => {
    const { extension, render } = exporters[format]
    const text = inLanguage('zh-TW', () => render(fixtureReport(), PLAIN))
    expectGolden(`report.zh-TW.${extension}`, text)
  })

  it('ledger.csv', () => expectGolden('ledger.csv', renderLedgerCsv(fixtureReport())))

  it.each([48, 140])('the table in %d columns', (columns) => {
    const text = exporters.table.render(fixtureReport(), { ...PLAIN, columns })
    expectGolden(`report-${columns}.txt`, text)
  })
})

describe.each(LANGUAGES)('what is more than a screen, in %s', (language) => {
  it.each([
    ['--full', {}],
    ['--section bytes,latency', { sections: ['bytes', 'latency'] }],
    ['--break-even', { breakEven: 'all-pairs' }],
  ] as const)('%s ends with the answer again', (_, asked) => {
    const text = inLanguage(language, () =>
      exporters.table.render(fixtureReport(), { ...PLAIN, ...asked }),
    )
    const answer = inLanguage(language, () => answerInShort(fixtureReport()))
    expectAnswerAgain(text)
    const last = text.trimEnd().split('\n\n').at(-1) ?? ''
    // Lines of Chinese are parted between characters, without a space.
    const flat = (said: string): string => said.replace(/\s/g, '')
    expect(flat(answer.join('')).startsWith(flat(last))).toBe(true)
  })
})

describe('results.csv', () => {
  const header =
    'scenario,transport,client,flow,completion,link,status,reason,messages,payload_bytes,wire_bytes_per_message,wire_bytes_up_per_message,wire_bytes_down_per_message,overhead_bytes_per_message,wire_to_payload_ratio,setup_bytes,close_bytes,link_bytes_per_message,link_basis,latency_samples,latency_p50_us,latency_p90_us,latency_p99_us,latency_p999_us,latency_max_us,delivery_samples,delivery_p50_us,delivery_p90_us,delivery_p99_us,throughput_messages_per_s,sent,completed,delivered,lost,duplicated,corrupted,connections,setup_round_trips,round_trips_per_message,connection,total_wire_bytes_per_message,waiting_bytes_per_hour,subscribers,delivery_first_p50_us,delivery_last_p50_us,subscriber_bytes_per_message,link_cold_samples,link_cold_min_us,link_cold_p50_us,link_cold_max_us,link_cold_delivery_min_us,link_cold_delivery_p50_us,link_one_in_flight_ms,link_one_in_flight_messages,link_one_in_flight_basis,link_several_in_flight_ms,link_several_in_flight_messages,link_several_in_flight_basis,link_several_in_flight_connections,dropped_packets_up,dropped_packets_down,retransmitted_segments_up,retransmitted_segments_down,target,throughput_limit,offered_messages_per_s,achieved_messages_per_s,rate_met,open_loop_p50_us,open_loop_p99_us,send_delay_p50_us,send_delay_p99_us,total_link_bytes_per_message,waiting_link_bytes_per_hour,tls_profile,tls_version,tls_group,tls_suite,tls_certificate_bytes,server_ended_connections,renewed_connections,messages_per_connection,repeated_messages,latency_renewed_connections,encoding,compression'
  const report = fixtureReport()
  const text = renderResultsCsv(report)
  const rows = parse(text, { columns: true }) as Record<string, string>[]
  const rowOf = (scenario: string, transport: string) =>
    rows.find((row) => row.scenario === scenario && row.transport === transport)

  it('has the published header, CRLF, and one row a cell', () => {
    expect(text.split('\r\n')[0]).toBe(header)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(text.endsWith('\r\n')).toBe(true)
    expect(rows).toHaveLength(report.cells.length)
  })

  it('prints numbers plainly', () => {
    expect(rowOf('json', 'mqtt-qos1')).toMatchObject({
      messages: '100',
      payload_bytes: '14',
      wire_bytes_per_message: '36',
      wire_bytes_up_per_message: '32',
      wire_bytes_down_per_message: '4',
      overhead_bytes_per_message: '22',
      wire_to_payload_ratio: '2.571',
      setup_bytes: '29',
      latency_p50_us: '142.5',
      sent: '4100',
    })
    for (const value of rows.flatMap((row) => Object.values(row))) {
      if (/^-?[\d.,]+$/.test(value)) expect(value).toMatch(/^-?\d+(\.\d{1,3})?$/)
    }
  })

  it('leaves empty what was not measured', () => {
    expect(rowOf('json', 'mqtt-qos0')).toMatchObject({ latency_samples: '', latency_p50_us: '' })
    expect(rowOf('batch-1000', 'http1')).toMatchObject({
      latency_p50_us: '258.375',
      latency_p90_us: '',
      latency_max_us: '4134',
      link_bytes_per_message: '',
      throughput_messages_per_s: '',
    })
    expect(rowOf('json', 'memory')).toMatchObject({ messages: '', wire_bytes_per_message: '' })
  })

  it('gives link bytes where the ledger knows of the network, and says whether it saw it', () => {
    const [cell] = report.cells
    if (cell?.status !== 'measured' || cell.bytes === null) throw new Error('no bytes')
    const { bytes } = cell
    const network = { phase: 'steady', layer: 'network', bytes: 28 * bytes.messages } as const
    const linked = (...bases: ('measured' | 'modelled')[]): Record<string, string> => {
      const ledger = [
        ...bytes.ledger,
        { ...network, direction: 'up' as const, basis: bases[0] ?? 'measured' },
        { ...network, direction: 'down' as const, basis: bases[1] ?? 'measured' },
        {
          ...network,
          phase: 'setup' as const,
          direction: 'up' as const,
          basis: 'measured' as const,
        },
      ]
      const cells: Report['cells'] = [{ ...cell, bytes: { ...bytes, ledger } }]
      const [row] = parse(renderResultsCsv({ ...report, cells }), { columns: true })
      return row as Record<string, string>
    }
    const wire = Number(rowOf(cell.scenario, cell.transport)?.wire_bytes_per_message)
    expect(linked('measured', 'modelled')).toMatchObject({
      wire_bytes_per_message: String(wire),
      link_bytes_per_message: String(wire + 56),
      link_basis: 'modelled',
    })
    expect(linked('measured', 'measured').link_basis).toBe('measured')
    expect(rowOf(cell.scenario, cell.transport)?.link_basis).toBe('')
  })

  it('says why a cell was skipped, or failed with what it has', () => {
    const { status, reason, ...rest } = rowOf('batch-1000', 'mqtt-qos1-bare') ?? {}
    expect([status, reason]).toEqual(['skipped', 'not reached: the run was stopped'])
    const figures = Object.keys(rest).slice(6)
    for (const column of figures) expect(rest[column], column).toBe('')
    expect(rowOf('json', 'mqtt-qos2')).toMatchObject({
      status: 'failed',
      reason: 'bytes: 1 byte at 45 of the way down is explained by no rule of MQTT, "|"',
      wire_bytes_per_message: '44',
      latency_p50_us: '',
    })
  })

  it('gives back any reason, on one line and as no formula', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '=', '溫') }),
        (reason) => {
          const [cell] = report.cells
          if (cell === undefined) throw new Error('no cell')
          const { scenario, transport, client, protocol, flow, completion, link } = cell
          const identity = { scenario, transport, client, protocol, flow, completion, link }
          const cells: Report['cells'] = [{ ...identity, status: 'skipped', reason }]
          const parsed = parse(renderResultsCsv({ ...report, cells }), { columns: true })
          const line = reason.replace(/\s*[\r\n]+\s*/gu, ' ')
          expect(parsed).toMatchObject([{ reason: line.startsWith('=') ? `'${line}` : line }])
        },
      ),
    )
  })
})

describe('ledger.csv', () => {
  it('has the published header and every byte', () => {
    const report = fixtureReport()
    const text = renderLedgerCsv(report)
    expect(text.split('\r\n')[0]).toBe(
      'scenario,transport,phase,direction,layer,bytes,basis,messages,packets',
    )
    const rows = parse(text, { columns: true }) as Record<string, string>[]
    for (const cell of report.cells) {
      if (cell.status === 'skipped' || cell.bytes === null) continue
      const own = rows.filter(
        (row) => row.scenario === cell.scenario && row.transport === cell.transport,
      )
      const total = own.reduce((sum, row) => sum + Number(row.bytes), 0)
      expect(total).toBe(cell.bytes.totals.up + cell.bytes.totals.down)
    }
  })
})

it('JSON is the report, whole', () => {
  const report = fixtureReport()
  const text = exporters.json.render(report, PLAIN)
  expect(reportSchema.parse(JSON.parse(text))).toEqual(report)
  expect(text).toMatch(/^\{\n {2}"schemaVersion": 1,\n {2}"tool": \{\n {4}"name"/)
  expect(text.endsWith('\n}\n')).toBe(true)
})

describe('the table', () => {
  const tableOf = (report: Report, columns = 80): string[] =>
    linesOf(exporters.table.render(report, { columns, colour: false }))

  it.each([30, 60, 79, 80, 81, 120, 200])('is never wider than %d columns', (columns) => {
    for (const line of tableOf(fixtureReport(), columns)) {
      expect(cellsOf(line), line).toBeLessThanOrEqual(columns)
    }
  })

  it('has its lines under one another', () => {
    const boxed = tableOf(fixtureReport()).filter((line) => /^[│├┌└]/.test(line))
    const edges = boxed.map((line) =>
      [...line].flatMap((character, index) =>
        /[│├┤┌┐└┘┬┴┼]/.test(character) ? cellsOf([...line].slice(0, index).join('')) : [],
      ),
    )
    expect(boxed.length).toBeGreaterThan(20)
    for (const positions of edges) expect(positions).toEqual(edges[0])
  })

  it('survives any title and any reason, at any width', () => {
    const words = fc.string({
      unit: fc.constantFrom('a', 'B', ' ', '溫', '：', '–', '|', '\n', '\u001b', 'e\u0301', '9'),
      minLength: 1,
      maxLength: 80,
    })
    const report = fixtureReport()
    const base = report.plan.scenarios[0]
    if (base === undefined) throw new Error('no scenario')
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 130 }), (text, columns) => {
        const changed: Report = {
          ...report,
          plan: { ...report.plan, scenarios: [{ ...base, title: text }] },
          partialReason: text,
          warnings: [text],
        }
        for (const line of tableOf(changed, columns)) {
          expect(line).not.toContain('\u001b')
          expect(cellsOf(line), line).toBeLessThanOrEqual(columns)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('says the same in colour', () => {
    const coloured = exporters.table.render(fixtureReport(), { columns: 80, colour: true })
    expect(coloured).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured)).toBe(
      tableOf(fixtureReport()).join('\n').concat('\n'),
    )
  })

  it('shows what was measured where nothing is claimed', () => {
    const report = fixtureReport()
    const scenarios = report.plan.scenarios.map((scenario) => ({ ...scenario, claims: [] }))
    const text = tableOf({ ...report, plan: { ...report.plan, scenarios }, verdicts: [] }).join(
      '\n',
    )
    expect(text).toMatch(/JSON .* measured │ 215–361 B +│ 30–36 B +│ 1\/12\.0–1\/5\.97 /)
    expect(text).not.toMatch(/claimed|verdict|overall/)
  })

  it('shows only what was asked for', () => {
    const report = fixtureReport()
    const cells = report.cells.map((cell) =>
      cell.status === 'skipped' ? cell : { ...cell, latency: null },
    )
    const bytesOnly = tableOf({ ...report, plan: { ...report.plan, measures: ['bytes'] }, cells })
    expect(bytesOnly).toContain('Bytes')
    expect(bytesOnly).not.toContain('Latency')
    expect(bytesOnly).not.toContain('Where the time goes')
    const withoutBytes = report.cells.map((cell) =>
      cell.status === 'skipped' ? cell : { ...cell, bytes: null },
    )
    const latencyOnly = tableOf({
      ...report,
      plan: { ...report.plan, measures: ['latency'] },
      cells: withoutBytes,
    })
    expect(latencyOnly).toContain('Latency')
    expect(latencyOnly).not.toContain('Bytes')
    // The reason stands in the one section that there is.
    expect(latencyOnly.join(' ')).toContain('mqtt-qos2 failed: bytes: 1 byte at 45')
  })

  it('says in one line that all went well', () => {
    const report = fixtureReport()
    const cells = report.cells.filter((cell) => cell.scenario === 'single-reading')
    const text = tableOf({ ...report, cells }).join('\n')
    expect(text).toContain('all 32,800 messages sent were completed and delivered intact')
    expect(text).not.toContain('corrupted')
  })

  it('says of how many nobody reports the arrival', () => {
    const report = fixtureReport()
    const untold = { delivered: null, lost: null, duplicated: null, corrupted: null }
    const cells = report.cells
      .filter((cell) => cell.scenario === 'single-reading')
      .map((cell) =>
        cell.transport === 'http1' && cell.status === 'measured' && cell.counts
          ? { ...cell, counts: { ...cell.counts, ...untold } }
          : cell,
      )
    const text = tableOf({ ...report, cells }).join(' ')
    expect(text).toContain('all 32,800 messages sent were completed, and 28,700 of them delivered')
    expect(text).toContain('delivery is unknown for single-reading on http1')
  })

  it('renders a report of a run that has measured nothing yet', () => {
    const report = { ...fixtureReport(), cells: [], verdicts: [], partialReason: null }
    for (const format of FORMATS) expect(exporters[format].render(report, PLAIN)).not.toBe('')
    expect(tableOf(report).join('\n')).toContain('PARTIAL: the run had not ended')
  })
})

describe('break-even', () => {
  const wide = { ...PLAIN, columns: 200, breakEven: 'all-pairs' as const }

  it('prints every pair where that is asked for, and what each transport costs', () => {
    const report = fixtureReport()
    for (const format of ['table', 'markdown'] as const) {
      const lines = linesOf(exporters[format].render(report, wide)).map((line) =>
        line.replaceAll('|', ' ').replace(/ +/g, ' ').trim(),
      )
      expect(lines).toContain('mqtt-qos0 kept 61 30 2 0')
      expect(lines).toContain('http1 tcp tcp, always equal')
      expect(lines).toContain('http1 mqtt-qos1 mqtt-qos1, always http1, always')
      expect(lines).toContain('http1 mqtt-qos0 mqtt-qos0, always mqtt-qos0, from 2 messages')
    }
    const short = exporters.table.render(report, { ...wide, breakEven: 'mqtt-http' })
    expect(short).not.toContain('all pairs')
  })

  it('says when the other one is cheaper for a while only', () => {
    const report = fixtureReport()
    const crossing = { cheaper: 'http1', fromMessages: 9, otherUpToMessages: 7 }
    const pairs = report.breakEven?.pairs.map((pair) => ({ ...pair, bytes: crossing })) ?? []
    const breakEven = { costs: report.breakEven?.costs ?? [], pairs }
    const text = exporters.table.render({ ...report, breakEven }, { ...PLAIN, columns: 200 })
    expect(text).toMatch(/mqtt-qos0 +http1, http1-bare +up to 7 messages +from 2 messages/)
  })

  it('is left out of a report that has none', () => {
    const { breakEven: _, ...older } = fixtureReport()
    for (const format of ['table', 'markdown'] as const) {
      expect(exporters[format].render(older, wide)).not.toContain('Break-even')
    }
  })
})

it('compares messages on connections that are kept; what opens one for each stands apart', () => {
  const report = fixtureReport()
  const cells = report.cells.map((cell) =>
    cell.transport === 'http1-bare' && cell.status === 'measured' && cell.bytes?.firstMessage
      ? {
          ...cell,
          bytes: {
            ...cell.bytes,
            firstMessage: { ...cell.bytes.firstMessage, connection: 'own' as const },
          },
        }
      : cell,
  )
  const rangeOf = (shown: typeof report): string | undefined =>
    /measured(?:, connection kept)? \| ([\d,–]+ B) \|/.exec(
      exporters.markdown.render(shown, PLAIN),
    )?.[1]
  expect(rangeOf(report)).toBe('215–361 B')
  expect(rangeOf({ ...report, cells })).toBe('361 B')
})

/** A message on a connection of its own, which on the link takes so many bytes in all. */
const ownConnection = (cell: Cell, tls: 'full' | 'resumed', linkBytes: number): Cell => {
  if (cell.status !== 'measured' || cell.bytes === null) return cell
  const entry = { direction: 'up', basis: 'measured' } as const
  const { messages } = cell.bytes
  return {
    ...cell,
    bytes: {
      ...cell.bytes,
      ledger: [
        { ...entry, phase: 'steady', layer: 'payload', bytes: 60 * messages },
        { ...entry, phase: 'setup', layer: 'security', bytes: (linkBytes - 560) * messages },
        { ...entry, phase: 'setup', layer: 'network', bytes: 500 * 3, messages: 3 },
      ],
      firstMessage: { connection: 'own', tls, wireBytes: linkBytes - 500, roundTrips: 4 },
    },
  }
}

it('holds a connection of its own against one of its own: with all that it costs, on the link too', () => {
  const report = fixtureReport()
  const shown = (tls: 'full' | 'resumed', http: number, mqtt: number): string => {
    const cells = report.cells
      .filter(({ scenario }) => scenario === 'json')
      .flatMap((cell) => {
        if (cell.transport === 'http1') return [ownConnection(cell, tls, http)]
        return cell.transport === 'mqtt-qos1' ? [ownConnection(cell, tls, mqtt)] : []
      })
    const [scenario] = report.plan.scenarios.filter(({ name }) => name === 'json')
    const plan = { ...report.plan, scenarios: scenario === undefined ? [] : [scenario] }
    const only = { ...report, plan, cells, verdicts: [], breakEven: { costs: [], pairs: [] } }
    return exporters.markdown.render(only, PLAIN)
  }
  const resumed = shown('resumed', 2132, 2055)
  expect(resumed).toMatch(/own connection, TLS resumed: link \| 2,132 B \| 2,055 B \| 1\/1\.04 \|/)
  expect(resumed).toMatch(/own connection, TLS resumed: wire \| 1,632 B \| 1,555 B \| 1\/1\.05 \|/)
  expect(resumed).toContain(
    'A message of json that opens its own connection takes on the link, all included: with TLS resumed 2,055 B over MQTT and 2,132 B over HTTP, 1/1.04.',
  )
  // Of the steady phase alone: nobody pays that.
  expect(resumed).not.toMatch(/\| measured/)
  expect(shown('full', 2886, 2861)).toMatch(
    /own connection, TLS in full: link \| 2,886 B \| 2,861 B \| about equal \|/,
  )
})

describe('Markdown', () => {
  /** Cells of a row: what unescaped pipes part. */
  const countCells = (line: string): number => line.split(/(?<!\\)\|/).length - 2

  it('has as many cells in each row as in the head', () => {
    const lines = linesOf(exporters.markdown.render(fixtureReport(), PLAIN))
    let expected: number | null = null
    let tables = 0
    for (const line of lines) {
      if (!line.startsWith('|')) {
        expected = null
        continue
      }
      if (expected === null) tables += 1
      expected ??= countCells(line)
      expect(countCells(line), line).toBe(expected)
    }
    expect(tables).toBe(12)
  })

  it('shows text as it is written', () => {
    const report = fixtureReport()
    const [scenario] = report.plan.scenarios
    if (scenario === undefined) throw new Error('no scenario')
    const title = 'a|b `c` <b> [x](y) *d* ~e~ f_g &lt; \\'
    const changed = { ...report, plan: { ...report.plan, scenarios: [{ ...scenario, title }] } }
    expect(exporters.markdown.render(changed, PLAIN)).toContain(
      '| a\\|b \\`c\\` &lt;b> [x]\\(y) \\*d\\* \\~e\\~ f\\_g &amp;lt; \\\\ |',
    )
  })
})
