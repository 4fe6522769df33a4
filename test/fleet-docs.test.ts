import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadFleet } from '../src/fleet/load-data.ts'
import { monthOf } from '../src/fleet/month.ts'
import { ipBytes } from '../src/fleet/volume.ts'
import { workOut } from '../src/fleet/work-out.ts'
import { root, runCommand, temporaryFolder } from './support/command.ts'
import { cellsOf, fleetOf } from './support/fleet.ts'

const page = readFileSync(join(root, 'docs', 'fleet.md'), 'utf8')
const blocksOf = (language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, named, text = '']) =>
    named === language ? [text] : [],
  )
const flat = (text: string): string => text.replace(/\s+/g, ' ')

describe('docs/fleet.md', () => {
  it('has an example that is a fleet, and every row of it can be worked out', async () => {
    using folder = temporaryFolder()
    const [yaml = ''] = blocksOf('yaml')
    writeFileSync(join(folder.path, 'fleet.yaml'), yaml)
    const plan = readFileSync(join(root, 'fleet-data', 'plans', 'hologram.yaml'), 'utf8')
    writeFileSync(join(folder.path, 'my-plan.yaml'), plan.replace('id: hologram', 'id: mine'))
    const { fleet, data } = await loadFleet(join(folder.path, 'fleet.yaml'))
    const { script } = cellsOf('readings.json')
    const report = workOut({
      ...{ fleet, data, link: null, measured: new Map(), cellsFrom: 'a test' },
      scripts: (transport) => script(transport, 'reading'),
      message: { scenario: 'reading', payloadBytes: 14, topicBytes: 12, responseBytes: 0 },
    })
    expect(report.rows.map(({ transport, policy }) => `${transport} ${policy}`)).toEqual([
      ...['https1', 'mqtts-qos1'].flatMap((id) =>
        ['kept', 'per-message', 'per-batch'].map((policy) => `${id} ${policy}`),
      ),
      'coap-con no-connection',
      'coap-con per-batch',
    ])
    expect(report.gates.map(({ verdict }) => verdict)).toEqual(['pass'])
  })

  it('sums as its arithmetic says', () => {
    const rows = [...page.matchAll(/^\| .*?: ([\d,×+() ]+) \| ([\d,]+)(?: and one set-up)? \|$/gm)]
    expect(rows.length).toBeGreaterThanOrEqual(3)
    for (const [, sum = '', total = ''] of rows) expect(evaluate(sum), sum).toBe(evaluate(total))
    const [, product = '', bytes = ''] = /(10,000 × [\d,× ]+) = ([\d,]+) B/.exec(page) ?? []
    expect(evaluate(product)).toBe(evaluate(bytes))
    expect((evaluate(bytes) / 1_024 ** 3).toFixed(4)).toBe('27.4658')
    expect((50_000 * 1_440 * 2_048) / 1_024 ** 3).toBeCloseTo(137.3291, 4)
    expect(page).toContain('137.3291')
  })

  it('has the megabytes of the stored report', () => {
    const ways = [
      ['https1', 'resumed'],
      ['mqtts-qos1', 'resumed'],
      ['https1', 'full'],
      ['mqtts-qos1', 'full'],
    ] as const
    const [bytes, megabytes] = [[], []] as [string[], string[]]
    for (const [transport, session] of ways) {
      const fleet = fleetOf({
        ...{ devices: 5000, month: '30.4375d', schedule: { every: '10m' } },
        ...{ count: { firstWords: 'in-one-packet' }, transports: [transport] },
        connection: { session },
      })
      const month = monthOf(fleet, transport, 'per-message', cellsOf('wake-ups.json').script)
      if (month === null) throw new Error('means nothing')
      bytes.push(ipBytes(month.wakeUp).toLocaleString('en-US'))
      megabytes.push((ipBytes(month.volume) / 1e6).toFixed(2))
    }
    const listed = ([a, b, c, d]: string[]): string => `${a}, ${b}, ${c} and ${d}`
    expect(page).toContain(`${listed(bytes)} link bytes`)
    expect(page).toContain(`${listed(megabytes)} MB`)
  })

  // The screen of the page was made with OpenSSL 3.0, which sends the SCSV of RFC 5746: 2 bytes more.
  const isAsOnPage = process.versions.openssl.startsWith('3.0.')
  it.skipIf(!isAsOnPage)('shows what the example gives', async () => {
    const asked = ['fleet', 'fleet-data/examples/meters.yaml', '--link-bytes', 'modelled']
    const { code, stdout } = await runCommand(asked, { cwd: root })
    expect(code).toBe(0)
    const [screen = ''] = blocksOf('text')
    expect(screen.trimEnd().split('\n').length).toBeLessThanOrEqual(24)
    const rows = (text: string): string[] =>
      text.match(/^\S+ +[\d.]+ +[\d,]+ B(?= )/gm)?.map(flat) ?? []
    expect(rows(stdout)).toHaveLength(4)
    expect(rows(screen)).toEqual(rows(stdout))
    // All but the last line, which names the folder of the run.
    expect(stdout).toContain(screen.trimEnd().split('\n').slice(0, -1).join('\n'))
  })
})

/** Sums of products of whole numbers, in brackets where they are. */
function evaluate(text: string): number {
  const inner = text
    .replaceAll(',', '')
    .replace(/\(([^()]*)\)/g, (_, sum: string) => String(evaluate(sum)))
  return inner
    .split('+')
    .map((product) => product.split('×').reduce((all, factor) => all * Number(factor.trim()), 1))
    .reduce((all, each) => all + each, 0)
}
