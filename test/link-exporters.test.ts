import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { renderResultsCsv } from '../src/export/files/results-csv.ts'
import { exporters } from '../src/export/index.ts'
import { formatMs, formatRate } from '../src/export/report/links/link-text.ts'
import { LINK_PROFILES } from '../src/model/link/profiles.ts'
import { linkReport } from './fixtures/link-report.ts'
import { fixtureReport } from './fixtures/report.ts'
import { expectGoldenReport } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }

describe('a report over a link', () => {
  it('as people read it, in both languages', () => expectGoldenReport('link', linkReport()))

  it('has its section in place of the latencies of loopback, and only there', () => {
    const [over, loopback] = [linkReport(), fixtureReport()].map((report) =>
      exporters.table.render(report, PLAIN),
    )
    expect(over).toContain('\nOver the link: 3GFast\n')
    expect(over).not.toMatch(/\n(Latency|Where the time goes)\n/)
    expect(loopback).not.toContain('Over the link')
  })

  it('has columns of its own, empty where there is no figure', () => {
    const rows = parse(renderResultsCsv(linkReport()), { columns: true }) as Record<
      string,
      string
    >[]
    const rowOf = (transport: string) => rows.find((row) => row.transport === transport)
    expect(rowOf('http1')).toMatchObject({
      link: '3GFast',
      link_cold_samples: '6',
      link_cold_min_us: '307838.811',
      link_one_in_flight_messages: '8',
      link_one_in_flight_basis: 'modelled',
      link_several_in_flight_ms: '17768.3',
      link_several_in_flight_connections: '10',
    })
    // Too few for a median; and where nothing is acknowledged, nobody knows when.
    expect(rowOf('mqtt-qos1')).toMatchObject({ link_cold_samples: '3', link_cold_p50_us: '' })
    expect(rowOf('mqtt-qos0')).toMatchObject({
      link_cold_min_us: '',
      link_cold_delivery_min_us: '382838.811',
      link_several_in_flight_basis: 'measured',
    })
    expect(rowOf('tcp')).toMatchObject({ status: 'failed', link_one_in_flight_ms: '' })
  })
})

describe('docs/links.md', () => {
  const page = readFileSync(new URL('../docs/links.md', import.meta.url), 'utf8')
  it.each(LINK_PROFILES.map((profile) => [profile.name, profile] as const))(
    'has %s with its figures',
    (name, { rttMs, downBitsPerS, upBitsPerS }) => {
      const figures = [`${rttMs.toLocaleString('en-US')} ms`, formatRate(downBitsPerS)]
      const row = `| \`${name}\` | ${[...figures, formatRate(upBitsPerS)].join(' | ')} | `
      expect(page).toContain(row)
    },
  )
})

describe('how a link is written', () => {
  it.each([
    [0.817, '0.82'],
    [28.51, '28.5'],
    [308.2, '308'],
    [15_738.4, '15,738'],
  ])('%d ms', (ms, text) => expect(formatMs(ms)).toBe(text))

  it.each([
    [1_600_000, '1.6 Mbit/s'],
    [768_168, '768.2 kbit/s'],
    [null, 'no limit'],
  ])('%s bits a second', (rate, text) => expect(formatRate(rate)).toBe(text))
})
