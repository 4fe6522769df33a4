import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fanoutReport } from '../../../test/fixtures/fanout-report.ts'
import {
  commandsAlone,
  lossReport,
  mixedReport,
  publishedReport,
} from '../../../test/fixtures/kinds-of-report.ts'
import { linkReport } from '../../../test/fixtures/link-report.ts'
import { loadReport } from '../../../test/fixtures/load-report.ts'
import { fixtureReport } from '../../../test/fixtures/report.ts'
import { type Report, reportSchema } from '../../model/report/report.ts'
import { said as sentence } from '../../model/said/said.ts'
import { inLanguage, LANGUAGES, type Language } from '../../model/text/language.ts'
import { displayWidth } from '../../model/text/text-width.ts'
import { listTransports } from '../../transports/registry.ts'
import { table } from '../document/terminal-table.ts'
import type { RenderOptions } from '../exporter.ts'
import { summaryDocument } from './summary.ts'

const ENDLESS = { columns: 80, lines: 1_000, linesOf: () => 0 }
const said = (report: Report): string =>
  JSON.stringify(summaryDocument(report, { folder: null }, ENDLESS))

/** The fixture, where in each of four scenarios a server ended connections of these. */
function renewedOn(transports: readonly string[]): Report {
  const report = fixtureReport()
  const cost = { wireBytes: 400, roundTrips: 2 }
  const renewals = { serverEnds: 1_200, connections: 1_199, everyMessages: 3 }
  for (const cell of report.cells) {
    if (cell.status !== 'measured' || cell.bytes === null) continue
    if (transports.includes(cell.transport))
      cell.bytes.renewals = { ...renewals, further: cost, begun: cost }
  }
  return report
}

describe('the screen', () => {
  it('says that a server ended connections, and where to read on', () => {
    expect(said(renewedOn(['http1']))).toContain(
      'the server ended 4,800 connections, in whose place 4,796 were opened (http1): --section bytes',
    )
    expect(said(fixtureReport())).not.toContain('the server ended')
  })

  const screen = (
    report: Report,
    language: Language,
    columns = 80,
    summary: RenderOptions['summary'] = PLACE,
  ): string[] => {
    const options = { columns, colour: false, summary }
    return inLanguage(language, () => table.render(report, options))
      .replace(/\n$/, '')
      .split('\n')
  }
  const expectFits = (lines: readonly string[], columns = 80): void => {
    expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(24)
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns)
  }

  it.each(LANGUAGES)('of all contents has 24 lines in %s at worst', (language) => {
    const quiet = screen(referenceRun(), language)
    expectFits(quiet)
    for (const report of [busy(referenceRun()), unfinished(busy(referenceRun()))]) {
      const lines = screen(report, language)
      expectFits(lines)
      expect(lines).not.toEqual(quiet)
      expect(lines.join('\n')).toMatch(/--section (delivery,)?latency/)
      expect(lines.at(-1)).toContain('report results/latest-run --full')
    }
  })

  const LONG = 'why it failed, at length, and then once more: '.repeat(8)
  const WIDE = '量測失敗的原因很長'.repeat(30)
  const CASES: Record<string, (report: Report) => Report> = {
    'twenty failed cells, each for a long reason': (report) =>
      failed(severalTimes(report, 2), 20, LONG),
    'twenty failed cells, in wide characters': (report) =>
      failed(severalTimes(report, 2), 20, WIDE),
    'no cell that has not failed': (report) => failed(report, 100, LONG),
    'cells of which three have not failed': (report) => failed(report, 9, LONG),
    'forty broken budgets': (report) => ({ ...report, budgets: budgetsOf(40, LONG) }),
    'fifty warnings, and stopped': (report) => ({
      ...unfinished(report),
      warnings: Array.from({ length: 50 }, (_, index) => `${index} ${WIDE}`),
    }),
    'long names in wide characters': (report) => renamed(report, (name) => WIDE + name),
    'a name without a space': (report) => renamed(report, (name) => 'x'.repeat(500) + name),
    'forty scenarios': (report) => severalTimes(report, 10),
    'all of it at once': (report) =>
      renamed(
        failed(
          { ...unfinished(busy(severalTimes(report, 5))), budgets: budgetsOf(9, WIDE) },
          20,
          LONG,
        ),
        (name) => WIDE + name,
      ),
  }
  describe.each(Object.entries(CASES))('of %s', (_, change) => {
    it.each(LANGUAGES)('has 24 lines in %s, with an answer and where the rest is', (language) => {
      const lines = screen(change(referenceRun()), language)
      expectFits(lines)
      expect(lines.at(-1)).toMatch(/--full/)
      expect(lines.join('\n')).toMatch(/MQTT.*HTTP/)
    })
  })

  const KINDS: Record<string, () => Report> = {
    'commands on every transport': () => onMany(commandsAlone()),
    'a fan-out on every transport': () => onMany(fanoutReport()),
    'a link on every transport': () => onMany(linkReport()),
    'a link that loses': lossReport,
    'all that a load carries': () => onMany(loadReport('saturation')),
    'a rate': () => loadReport('rate'),
    'rising rates': () => loadReport('sweep'),
    'what others published': publishedReport,
    'something of every kind': mixedReport,
  }
  describe.each(Object.entries(KINDS))('of %s', (_, make) => {
    const changes: Record<string, (report: Report) => Report> = {
      'beside other programs': (report) => unfinished(busy(report)),
      'three times, with broken budgets': (report) => ({
        ...severalTimes(report, 3),
        budgets: budgetsOf(40, LONG),
      }),
      'with all of it': (report) =>
        renamed(
          failed(
            { ...unfinished(busy(severalTimes(report, 2))), budgets: budgetsOf(9, WIDE) },
            7,
            WIDE,
          ),
          (name) => WIDE + name,
        ),
    }
    it.each(LANGUAGES)('has 24 lines in %s whatever is amiss', (language) => {
      // Each in one language, and all together in the other too, whose lines are other ones.
      const own = Object.entries(changes).slice(language === 'en' ? 0 : -1)
      for (const [what, change] of own) {
        const lines = screen(change(make()), language, 80, { ...PLACE, linesAfter: 3 })
        expect(lines.length, `${what}\n${lines.join('\n')}`).toBeLessThanOrEqual(21)
        expectFits(lines)
        expect(lines.at(-1)).toMatch(/--full/)
      }
    })
  })

  it.each(LANGUAGES)(
    'ends with where the rest is where all failed, or one is alone, in %s',
    (language) => {
      for (const make of Object.values(KINDS)) {
        const report = make()
        const all = screen(failed(report, 100, LONG), language)
        expectFits(all)
        const measured = report.cells.filter(
          ({ status, protocol }) => status === 'measured' && /^(http|mqtt)/.test(protocol),
        )
        for (const cells of [measured.slice(0, 1), measured.slice(-1)]) {
          const alone = screen({ ...report, cells, verdicts: [] }, language)
          expectFits(alone)
          expect(alone.at(-1)).toMatch(/--full/)
        }
      }
    },
  )

  it('is none where there is nothing to say', () => {
    const [control] = fixtureReport().cells.filter(({ transport }) => transport === 'tcp')
    const { link: _, ...report } = linkReport()
    const alone = { ...report, cells: control === undefined ? [] : [control] }
    const tcp = {
      ...alone,
      cells: alone.cells.map((cell) => ({ ...cell, scenario: 'stream-1000' })),
    }
    expect(summaryDocument(tcp, { folder: null }, ENDLESS)).toBeNull()
  })

  it('has a row for all QoS of a transport where they are many, and says how many are left out', () => {
    const lines = screen(onMany(commandsAlone()), 'en').join('\n')
    expect(lines).toMatch(/^mqtt-qos0\/1\/2 +306 µs–512 ms /m)
    expect(screen(severalTimes(onMany(commandsAlone()), 4), 'en').join('\n')).toMatch(
      /\nand \d+ more rows: --full\n/,
    )
  })

  it.each(LANGUAGES)(
    'has room for a long path in %s, and for what others write below',
    (language) => {
      for (const name of ['p'.repeat(300), WIDE]) {
        const folder = `results/${name}`
        for (const columns of [60, 80, 120]) {
          const place = { folder, page: `${folder}/report.html`, linesAfter: 3 }
          const lines = screen(unfinished(busy(referenceRun())), language, columns, place)
          expectFits([...lines, '', '', ''], columns)
          expect(lines.at(-1)).toMatch(/--full/)
        }
      }
    },
  )

  it('says how many more there are, and where', () => {
    const lines = screen(failed(severalTimes(referenceRun(), 2), 20, LONG), 'en').join('\n')
    expect(lines).toMatch(/\nand \d+ more: --full\n/)
    expect(screen(severalTimes(referenceRun(), 10), 'en').join('\n')).toMatch(
      /\nand \d+ more rows: --full\n/,
    )
  })

  it('tells cells that failed alike once', () => {
    const report = referenceRun()
    const alike = failed(report, 2, 'the broker ended', (cell) => cell.transport === 'mqtt-qos1')
    expect(screen(alike, 'en')).toContain('mqtt-qos1 failed with 2 contents: the broker ended')
    const ofOne = failed(report, 2, 'too large', (cell) => cell.scenario === 'batch-1000')
    expect(screen(ofOne, 'en')).toContain('batch-1000 on mqtt-qos0, mqtt-qos1 failed: too large')
  })
})

const PLACE = { folder: 'results/latest-run', page: 'results/latest-run/report.html' }

/** The measured cells of each content on as many transports as there are ways to go. */
function onMany(report: Report): Report {
  const cells = report.plan.scenarios.flatMap(({ name, flow }) => {
    const like = report.cells.filter(
      (cell) => cell.scenario === name && cell.flow === flow && cell.status === 'measured',
    )
    return listTransports()
      .filter(({ traits }) => traits.flows.includes(flow))
      .flatMap(({ id, traits: { protocol } }, index): Report['cells'] => {
        const cell = like[index % like.length]
        return cell === undefined ? [] : [{ ...cell, transport: id, protocol }]
      })
  })
  return { ...report, cells }
}

/** The last ones that were measured: an answer is told by the first scenario. */
function failed(
  report: Report,
  count: number,
  reason: string,
  is: (cell: Report['cells'][number]) => boolean = () => true,
): Report {
  let left = count
  const cells = report.cells
    .toReversed()
    .map((cell, index): Report['cells'][number] => {
      if (left === 0 || cell.status !== 'measured' || !is(cell)) return cell
      left -= 1
      const why = count === 2 ? reason : `${index} ${reason}`
      return { ...cell, status: 'failed', reason: why }
    })
    .toReversed()
  return { ...report, cells }
}

const budgetsOf = (count: number, text: string): NonNullable<Report['budgets']> =>
  Array.from({ length: count }, (_, index) => ({
    ...{ scenario: 'json', transport: 'http1', metric: 'wire_bytes_per_message', ratioTo: null },
    ...{
      min: null,
      max: 300,
      value: 361,
      verdict: index % 4 === 0 ? ('pass' as const) : ('fail' as const),
    },
    line: `${index} ${text}`,
  }))

function renamed(report: Report, name: (own: string) => string): Report {
  const of = <Named extends { scenario: string | null }>(each: Named): Named => ({
    ...each,
    scenario: each.scenario === null ? null : name(each.scenario),
  })
  const { breakEven } = report
  return {
    ...report,
    cells: report.cells.map(of),
    verdicts: report.verdicts.map(of),
    plan: {
      ...report.plan,
      scenarios: report.plan.scenarios.map((each) => ({ ...each, name: name(each.name) })),
    },
    ...(breakEven && {
      breakEven: { costs: breakEven.costs.map(of), pairs: breakEven.pairs.map(of) },
    }),
  }
}

function severalTimes(report: Report, times: number): Report {
  const copies = Array.from({ length: times }, (_, index) =>
    renamed(report, (name) => (index === 0 ? name : `${name}-${index}`)),
  )
  return {
    ...report,
    cells: copies.flatMap(({ cells }) => cells),
    verdicts: copies.flatMap(({ verdicts }) => verdicts),
    plan: { ...report.plan, scenarios: copies.flatMap(({ plan }) => plan.scenarios) },
  }
}

const referenceRun = (): Report =>
  reportSchema.parse(
    JSON.parse(
      readFileSync(new URL('../../../results/reference/report.json', import.meta.url), 'utf8'),
    ),
  )

/** Beside other programs, where the link could not be measured. */
function busy(report: Report): Report {
  const machine = { elapsedMs: 9e3, cpus: 2, loadAverage: 18, stealShare: 0, throttledMs: null }
  const network = { direction: 'up', layer: 'network', basis: 'modelled' } as const
  for (const cell of report.cells) {
    if (cell.status !== 'measured') continue
    cell.machine = { latency: { ...machine, othersCpus: 1.5 } }
    const { bytes } = cell
    bytes?.ledger.push({ ...network, phase: 'steady', bytes: 104 * bytes.messages })
  }
  return report
}

/** And stopped, with messages that did not arrive. */
function unfinished(report: Report): Report {
  for (const cell of report.cells) {
    if (cell.status === 'measured')
      cell.warnings.push(sentence('notIntact', { lost: 1, duplicated: 0, corrupted: 0 }))
  }
  return { ...report, partial: true, partialReason: sentence('stillRunning') }
}
