import { expect, it } from 'vitest'
import { plotFiles } from '../src/export/html/html.ts'
import { escapeMarkup } from '../src/export/html/svg.ts'
import { exporters } from '../src/export/index.ts'
import type { Report } from '../src/model/report/report.ts'
import { saidText } from '../src/model/said/said.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { breakEvenOf } from '../src/stats/break-even.ts'
import { listTransports } from '../src/transports/registry.ts'
import { commandReport } from './fixtures/command-report.ts'
import { fanoutReport } from './fixtures/fanout-report.ts'
import { linkReport } from './fixtures/link-report.ts'
import { loadReport } from './fixtures/load-report.ts'
import { fixtureReport, hostileReport } from './fixtures/report.ts'
import { sizedReport } from './fixtures/sized-report.ts'
import { expectGolden } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }
const pageOf = (report: Report): string => exporters.html.render(report, PLAIN)

it('is the same each time, small, and asks for nothing', () => {
  const page = pageOf(fixtureReport())
  expectGolden('report.html', page)
  expectGolden(
    'report.zh-TW.html',
    inLanguage('zh-TW', () => pageOf(fixtureReport())),
  )
  expect(pageOf(fixtureReport())).toBe(page)
  expect(page.length).toBeLessThan(300_000)
  // The one address is the name of SVG's vocabulary, which nobody asks for.
  const addresses = new Set(page.match(/\b(?:https?:)?\/\/[\w.]+/g))
  expect([...addresses]).toEqual(['http://www.w3.org'])
  // A policy that blocks scripts and inline styles takes nothing from it but looks.
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\sstyle=/i)
})

it.each(LANGUAGES)('has the same pictures each time, in %s', (language) => {
  const reports = {
    run: fixtureReport(),
    sizes: sizedReport(),
    load: loadReport('sweep'),
    rate: loadReport('rate'),
    link: linkReport(),
    commands: commandReport(),
    'fan-out': fanoutReport(),
  }
  const names = Object.entries(reports).flatMap(([of, report]) =>
    inLanguage(language, () => plotFiles(report)).map(({ name, text }) => {
      expectGolden(`plots/${of}-${name.replace(/(?=\.svg$)/, `.${language}`)}`, text)
      expect(text).not.toMatch(/NaN|Infinity|undefined|<style|<script|\sstyle=/)
      return name.split('-')[0]
    }),
  )
  expect([...new Set(names)].toSorted()).toEqual([
    ...['claim', 'cost', 'latency', 'layers', 'response', 'sizes', 'sweep', 'wake'],
  ])
})

it('draws a wake-up until its message is done, and no further', () => {
  const wake = plotFiles(linkReport()).find(({ name }) => name === 'wake-stream-1000.svg')?.text
  const crossings = [...(wake?.matchAll(/>([\w-]+(?:, \d+ B)?)<\/text>/g) ?? [])].map(
    ([, text]) => text,
  )
  const of = (transport: string) => crossings.indexOf(transport)
  expect(crossings.slice(of('http1') + 3, of('mqtt-qos0'))).toEqual([
    ...['SYN', 'SYN-ACK', 'request, 249 B', 'response, 112 B'],
  ])
  expect(crossings.slice(of('mqtt-qos1') + 3)).toEqual([
    ...['SYN', 'SYN-ACK', 'CONNECT, 25 B', 'CONNACK, 4 B', 'PUBLISH, 32 B', 'PUBACK, 4 B'],
  ])
  // The end of each stands where its time does.
  expect(wake).toMatch(/308 ms on http1 \(2\.05 round trips\)/)
})

it('has a sentence for each picture, told to a screen reader too', () => {
  const page = pageOf(fixtureReport())
  const captions = [...page.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map(([, text]) => text)
  const titles = [...page.matchAll(/<title id="picture-[^"]+">(.*?)<\/title>/g)].map(
    ([, text]) => text,
  )
  expect(captions.length).toBeGreaterThan(8)
  expect(titles).toEqual(captions)
  expect(new Set(captions).size).toBe(captions.length)
})

it('begins with the answer, and ends with how to run it again', () => {
  const page = pageOf(fixtureReport())
  const headings = [...page.matchAll(/<(?:h2|summary)>(.*?)<\//g)].map(([, text]) => text)
  expect(headings.slice(0, 3)).toEqual(['Answer', 'Claimed and measured', 'Pictures'])
  expect(headings.at(-1)).toBe('Run it again')
  expect(page).toContain('npx mqtt-vs-http run single-reading json batch-1000 stream-1000 -t ')
})

it('takes names of others for text, however long and hostile', () => {
  const page = pageOf(hostileReport())
  expect(page).not.toMatch(/<script|\u202e/)
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;]]&gt;')
})

it.each([
  [
    'bytes only',
    (report: Report) => ({ ...report, plan: { ...report.plan, measures: ['bytes'] } }),
  ],
  ['one cell', (report: Report) => ({ ...report, cells: report.cells.slice(0, 1), verdicts: [] })],
  ['nothing measured yet', (report: Report) => ({ ...report, cells: [], verdicts: [] })],
] as const)('is a page of %s too', (_name, change) => {
  const page = pageOf(change(fixtureReport()) as Report)
  expect(page).toContain('<h2>Run it again</h2>')
  expect(page).not.toMatch(/NaN|Infinity|undefined/)
})

it('says that a run was cut short, and what failed', () => {
  const report = fixtureReport()
  expect(report.partial).toBe(true)
  const [first] = report.cells
  if (first?.status !== 'measured') throw new Error('no cell')
  const failed = { ...first, status: 'failed' as const, reason: 'one stray byte', bytes: null }
  const page = pageOf({ ...report, cells: [failed, ...report.cells.slice(1)] })
  expect(page).toContain(escapeMarkup(saidText(report.partialReason ?? '')))
  expect(page).toContain('one stray byte')
})

it('stays below a megabyte with every way up on every scenario', () => {
  const report = fixtureReport()
  const ids = listTransports().flatMap(({ id, traits }) =>
    traits.flows.includes('uplink') ? [id] : [],
  )
  const names = report.plan.scenarios.map(({ name }) => name)
  const cells = names.flatMap((scenario) =>
    ids.flatMap((transport, index) => {
      const like = report.cells.filter((cell) => cell.status === 'measured')
      const cell = like[index % like.length]
      return cell === undefined ? [] : [{ ...cell, scenario, transport }]
    }),
  )
  expect(cells.length).toBeGreaterThan(150)
  const page = pageOf({ ...report, cells, breakEven: breakEvenOf(cells) })
  expect(page.length).toBeLessThan(1_000_000)
  expect(page.length).toBeGreaterThan(200_000)
})
