import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderFleet } from '../src/export/fleet/index.ts'
import { loadFleet } from '../src/fleet/load-data.ts'
import { workOut } from '../src/fleet/work-out.ts'
import { fleetReportSchema } from '../src/model/fleet/fleet-report.ts'
import { findFleetMetric } from '../src/model/fleet/metrics.ts'
import { findLinkProfile } from '../src/model/link/profiles.ts'
import { inLanguage } from '../src/model/text/language.ts'
import { displayWidth } from '../src/model/text/text-width.ts'
import { root, runCommand, temporaryFolder } from './support/command.ts'
import { cellsOf } from './support/fleet.ts'
import { expectAnswerAgain, expectGolden } from './support/golden.ts'

const FLEET = `
name: meters
devices: 5000
scenario: ./reading.yaml
schedule: { every: 10m }
connection: { policy: [kept, per-message], session: resumed, keepAlive: 5m, natTimeout: 10m, reconnects: 1/d }
link: NB-IoT
transports: [https1, mqtts-qos1]
plan: [hologram, 1nce, soracom-us]
cloud: [aws-iot-core, clearblade]
radio: [lte-m-nrf9160, nb-iot-rai, lte-phone]
gates:
  - { metric: mb_month, transport: mqtts-qos1, policy: kept, max: 3 }
`

/** What the fixture was measured with. */
const READING = `
name: meter-reading
title: a meter's reading
messages: 2
payload: { hex: "${`${'00112233445566778899aabbccddeeff'.repeat(3)}001122334455667788990011`}" }
topic: m/00004711
path: /m/00004711
mqtt: { clientId: m-00004711, keepAlive: 0 }
`

const MINE = (price: string, rounding: string, counting = ', source: a test'): string => `id: mine
title: mine
kilobyte: 1000
counting: { what: ip, direction: both, readOn: '2026-11-29'${counting} }
rounding: { to: ${rounding}, per: session, source: a test, readOn: '2026-11-29' }
price: { currency: EUR, perMegabyte: [${price}], source: a test, readOn: '2026-11-29' }
`

const BAD_PLANS = {
  negative: MINE('{ price: -1 }', '1000'),
  unrounded: MINE('{ price: 1 }', '0'),
  unsourced: MINE('{ price: 1 }', '1000', ''),
  unordered: MINE('{ upTo: 5, price: 2 }, { upTo: 2, price: 1 }, { price: 1 }', '1000'),
}

/** Cells of CSV without quoted line ends. */
const csvOf = (text: string): string[][] =>
  text
    .trim()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      ),
    )

let folder: ReturnType<typeof temporaryFolder>
const at = (name: string): string => join(folder.path, name)

beforeAll(() => {
  folder = temporaryFolder()
  writeFileSync(at('fleet.yaml'), FLEET)
  writeFileSync(at('reading.yaml'), READING)
  cpSync(join(import.meta.dirname, 'fixtures/fleet/wake-ups.json'), at('wake-ups.json'))
})
afterAll(() => folder[Symbol.dispose]())

async function workedOut(change: (text: string) => string = (text) => text) {
  writeFileSync(at('changed.yaml'), change(FLEET))
  const { fleet, data } = await loadFleet(at('changed.yaml'))
  const cells = cellsOf('wake-ups.json')
  return workOut({
    ...{ fleet, data, scripts: cells.script, cellsFrom: 'wake-ups.json' },
    link: findLinkProfile(fleet.link ?? 'NB-IoT'),
    measured: new Map([['mqtts-resumed', { mean: 2_060, low: 2_040, high: 2_075, runs: 3 }]]),
    message: { scenario: 'meter-reading', payloadBytes: 60, topicBytes: 10, responseBytes: 0 },
  })
}

describe('a fleet worked out', () => {
  it('is what its schema says, and reads as it is kept', async () => {
    const report = await workedOut()
    const version = { ...report.tool, version: '0.0.0' }
    const stable = fleetReportSchema.parse({ ...report, tool: version })
    const options = { columns: 80, colour: false }
    expectGolden(
      'fleet/screen.txt',
      renderFleet('table', stable, { ...options, summary: { folder: null } }),
    )
    expectGolden('fleet/fleet.md', renderFleet('markdown', stable, options))
    expectGolden('fleet/fleet.csv', renderFleet('csv', stable, options))
    expectGolden(
      'fleet/screen.zh-TW.txt',
      inLanguage('zh-TW', () =>
        renderFleet('table', stable, { ...options, summary: { folder: null } }),
      ),
    )
    for (const language of ['en', 'zh-TW'] as const) {
      const screen = inLanguage(language, () =>
        renderFleet('table', stable, { ...options, summary: { folder: 'meters' } }),
      )
      const lines = screen.trimEnd().split('\n')
      expect(lines.length, language).toBeLessThanOrEqual(24)
      expect(lines.filter((line) => displayWidth(line) > 80)).toEqual([])
      const full = inLanguage(language, () => renderFleet('table', stable, options))
      expectAnswerAgain(full)
    }
    const page = renderFleet('html', stable, options)
    expect(page.match(/<svg /g)).toHaveLength(2)
    expect(JSON.parse(renderFleet('json', stable, options))).toEqual(stable)
  })

  it('says that no one bill can be named where what was measured crosses a step', async () => {
    const { rows } = await workedOut((text) => text.replace('hologram', './kib.yaml')).catch(
      () => ({ rows: [] }),
    )
    expect(rows).toEqual([])
    writeFileSync(
      at('kib.yaml'),
      `id: kib
title: by the KiB
kilobyte: 1024
counting: { what: ip, direction: both, source: a test, readOn: '2026-11-29' }
rounding: { to: 1024, per: session, source: a test, readOn: '2026-11-29' }
`,
    )
    const report = await workedOut((text) => text.replace('hologram', './kib.yaml'))
    const own = report.rows.find(
      ({ transport, policy }) => transport === 'mqtts-qos1' && policy === 'per-message',
    )
    expect(own?.plans[0]?.isOpen).toBe(true)
    const text = renderFleet('table', report, { columns: 80, colour: false })
    expect(text.replace(/\s+/g, ' ')).toContain(
      'What was measured of mqtts-qos1 per message crosses a step of rounding under kib',
    )
  })

  it('says of every figure what it rests on', async () => {
    const report = await workedOut()
    const basis =
      /modelled|measured|read second-hand|prices of \d{4}|radio models of|as given|Assumed|Sources|Budgets/
    const sections = renderFleet('markdown', report, { columns: 80, colour: false }).split(/^## /m)
    const tables = sections.filter((text) => text.includes('| ---'))
    expect(tables.length).toBeGreaterThan(6)
    for (const text of tables) expect(text.split('\n')[0]).toMatch(basis)
    const [head = [], ...rows] = csvOf(renderFleet('csv', report, { columns: 80, colour: false }))
    const at = head.indexOf('basis')
    expect([...new Set(rows.map((row) => row[at]))]).toEqual([
      'modelled',
      'modelled; rule of 2026-11-28; price of 2026-11-28, second-hand',
      'modelled; rule of 2026-11-28; price of 2026-11-28',
      'radio model of 2026-11-28',
      'measured',
    ])
    for (const row of rows) {
      const filled = head.filter((_, index) => index > at && row[index] !== '')
      const bases = new Set(filled.map((name) => findFleetMetric(name)?.basis))
      expect(bases.size, row.join()).toBe(1)
    }
  })

  it('follows one changed field of a plan file', async () => {
    const plan = (price: string, to: string): string => MINE(`{ price: ${price} }`, to)
    const bill = async (text: string): Promise<number> => {
      writeFileSync(at('mine.yaml'), text)
      const { rows } = await workedOut((fleet) => fleet.replace('hologram', './mine.yaml'))
      const own = rows.find(
        ({ transport, policy }) => `${transport} ${policy}` === 'https1 per-message',
      )
      return own?.plans[0]?.total?.[0] ?? Number.NaN
    }
    const once = await bill(plan('0.5', '1000'))
    // 4,383 sessions of 2,132 bytes: 3 kB each.
    expect(once).toBeCloseTo(4_383 * 0.003 * 0.5)
    expect(await bill(plan('0.75', '1000'))).toBeCloseTo(once * 1.5)
    expect(await bill(plan('0.5', '1'))).toBeCloseTo((once * 2_132) / 3_000)
  })

  it('tells what an outage brings, all at once and spread, beside what was measured of a server', async () => {
    const report = await workedOut((text) => `${text}outage: { jitter: 10m }\n`)
    const own = report.outage.filter(
      ({ transport, policy }) => `${transport} ${policy}` === 'mqtts-qos1 kept',
    )
    expect(own.map(({ jitterS, connectionsPerS }) => [jitterS, connectionsPerS])).toEqual([
      [0, 5_000],
      [600, 5_000 / 600],
    ])
    expect(own[0]?.bytesPerS).toBeCloseTo((own[1]?.bytesPerS ?? 0) * 600)
    const text = renderFleet('markdown', report, { columns: 80, colour: false })
    expect(text).toContain('After an outage, at the server (modelled)')
    const page = readFileSync(join(root, 'docs', 'performance.md'), 'utf8')
    const { connectionsPerS, connections, cpus, measuredOn } = report.yardstick
    expect([connectionsPerS, connections, cpus]).toEqual([2_000, 10_000, 2])
    expect(page).toContain(`Connections are opened at 2,000 a second at most (${measuredOn})`)
    expect(page).toContain('10,000 connections to Mosquitto')
  })

  it('has no section of what the file does not name', async () => {
    const report = await workedOut((text) => text.replace(/^(plan|cloud|radio):.*$/gm, ''))
    const text = renderFleet('table', report, { columns: 80, colour: false })
    expect(text).not.toMatch(/billed|cloud|mAh/)
    expect(report.rows[0]).toMatchObject({ plans: [], clouds: [], radios: [] })
  })
})

describe('fleet --from', () => {
  it('takes the bytes from a stored report, holds its budgets, and compares with another', async () => {
    const first = await runCommand([
      'fleet',
      at('fleet.yaml'),
      '--from',
      at('wake-ups.json'),
      '--out',
      at('a'),
    ])
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('written to')])
    writeFileSync(
      at('half.yaml'),
      FLEET.replace('every: 10m', 'every: 20m').replace('max: 3', 'max: 1'),
    )
    const second = await runCommand([
      'fleet',
      at('half.yaml'),
      '--from',
      at('wake-ups.json'),
      '--out',
      at('b'),
      '--format',
      'csv',
    ])
    expect(second.code).toBe(1)
    expect(second.stdout.split('\r\n')[0]).toMatch(
      /^fleet,transport,policy,session,plan,cloud,radio/,
    )
    expect(second.stderr).toContain('mb_month is')
    const compared = await runCommand(['compare', at('a'), at('b')])
    expect(compared.stdout).toMatch(/readings +modelled +4,383 +2,191.5 +−50%/)
    expect(readFileSync(at('a/fleet.html'), 'utf8')).toContain('<svg ')
  })

  it.each([
    [
      'transports: [https1, mqtts-qos1]',
      'transports: [http1]',
      /wake-ups.json: has no cell meter-reading on http1/,
    ],
    [
      'scenario: ./reading.yaml',
      'scenario: ./other.yaml',
      /is of another payload than meter-reading has now/,
    ],
    ['devices: 5000', 'devices: 0', /devices: must be at least 1/],
    ['devices: 5000', 'devices: 10000001', /devices: must be at most 10000000/],
    [
      'every: 10m',
      'every: 1s',
      /schedule: 1 s between messages is shorter than a round trip of NB-IoT/,
    ],
    ['mqtts-qos1]', 'mqts-qos1]', /transports\[1\]: unknown transport "mqts-qos1"; did you mean/],
    ['hologram', 'holgram', /plan: unknown holgram; did you mean hologram/],
    [
      'metric: mb_month',
      'metric: mb_moth',
      /gates\[0\].metric: unknown metric mb_moth; did you mean mb_month/,
    ],
    ['every: 10m', 'commands: 4/d', /flow: roundtrip, and meter-reading has uplink/],
    ['every: 10m', 'every: soon', /schedule.every: is no duration above 0/],
    ['hologram', './negative.yaml', /price.perMegabyte\[0\].price: is negative/],
    ['hologram', './unrounded.yaml', /rounding.to: is no step of bytes/],
    ['hologram', './unsourced.yaml', /counting.source: is missing; say where it was read/],
    ['hologram', './unordered.yaml', /perMegabyte\[1\].upTo: is not above 5.*put tiers in order/],
  ])('%s → %s: one line, and exit status 2', async (from, to, line) => {
    writeFileSync(at('other.yaml'), READING.replace('0011', '0012'))
    for (const [name, text] of Object.entries(BAD_PLANS)) writeFileSync(at(`${name}.yaml`), text)
    writeFileSync(at('bad.yaml'), FLEET.replace(from, to))
    const asked = ['fleet', at('bad.yaml'), '--from', at('wake-ups.json')]
    const { code, stderr } = await runCommand(asked)
    expect(stderr).toMatch(line)
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1])
    const chinese = await runCommand([...asked, '--lang', 'zh-TW'])
    expect([chinese.code, chinese.stderr.trim().split('\n').length]).toEqual([2, 1])
    expect(chinese.stderr).toMatch(/[\u4e00-\u9fff]/)
    expect(chinese.stderr).not.toMatch(/ (is|are|was|has|must|did) /)
  })
})
