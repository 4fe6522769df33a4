import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TapReport } from '../src/model/report/tap/tap-report.ts'
import { DIRECTIONS } from '../src/model/vocabulary.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { hasTool, root, startCommand, temporaryFolder } from './support/command.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'
import { freePort, runProgram } from './support/programs.ts'
import { type RunningPrometheus, type Series, startPrometheus } from './support/prometheus.ts'
import { closingOf, dialTcp, type RunningTap, startTap } from './support/tap.ts'

const RULES = join(root, 'docs', 'watch', 'alerts.yml')
const RULE_CASES = join(root, 'test', 'fixtures', 'alerts.test.yml')
const DASHBOARD = join(root, 'docs', 'watch', 'dashboard.json')
const WHOLE = '{ "temp": 25 }'

const publish = (port: number, topic: string, payload: string, qos = 0) =>
  runProgram('mosquitto_pub', [
    ...['-h', '127.0.0.1', '-p', String(port), '-i', 'sensor-0001', '-q', String(qos)],
    ...['-t', topic, '-m', payload],
  ])

/** What `check --tap --update` writes of one ordinary message. */
async function recordBaseline(brokerPort: number, file: string): Promise<void> {
  const port = await freePort()
  const check = startCommand([
    ...['check', '--tap', '--listen', String(port), '--to', `127.0.0.1:${brokerPort}`],
    ...['--connections', '3', '--baseline', file, '--update'],
  ])
  await check.printed(/tap listens on/)
  for (const qos of [0, 1, 2]) await publish(port, 'plant/7/temp', WHOLE, qos)
  const { code, stderr } = await check.ended
  expect(code, stderr).toBe(0)
}

const TOOLS = ['mosquitto', 'mosquitto_pub', 'prometheus', 'promtool']

describe.skipIf(!TOOLS.every(hasTool))('a tap that Prometheus watches', () => {
  const folder = temporaryFolder()
  let broker: Awaited<ReturnType<typeof ownMosquitto>>
  let tap: RunningTap
  let prometheus: RunningPrometheus
  let address = ''

  beforeAll(async () => {
    const metrics = `127.0.0.1:${await freePort()}`
    address = `http://${metrics}/metrics`
    // It takes seconds until it looks for the first time.
    prometheus = await startPrometheus(metrics, RULES)
    broker = await ownMosquitto()
    const baseline = join(folder.path, 'baseline.json')
    await recordBaseline(broker.port, baseline)
    tap = await startTap(broker.port, ['--metrics', metrics, '--baseline', baseline])
  })
  afterAll(async () => {
    await Promise.all([
      tap?.[Symbol.asyncDispose](),
      prometheus?.[Symbol.asyncDispose](),
      broker?.[Symbol.asyncDispose](),
    ])
    folder[Symbol.dispose]()
  })

  const sum = async (expression: string): Promise<number> =>
    (await prometheus.query(expression)).reduce((total, { value }) => total + value, 0)

  it('stays silent as long as messages are as they were', async () => {
    for (const qos of [0, 1, 2]) await publish(tap.port, 'plant/7/temp', WHOLE, qos)
    await expect.poll(() => sum('tap_connections_ended_total')).toBe(3)
    expect(await sum('tap_excess_bytes_total')).toBe(0)
    expect(await sum('tap_changed_units_total')).toBe(0)
    expect(await prometheus.alerts()).toEqual([])
  })

  it('raises an alert with topic and layer on one byte more', async () => {
    await publish(tap.port, 'plant/7/temp', '{ "temp": 250 }')
    const found = () => prometheus.alerts()
    await expect.poll(found).toContainEqual(
      expect.objectContaining({
        alertname: 'MessageGrew',
        topic: 'plant/7/temp',
        layer: 'payload',
      }),
    )
    const grew = (await found()).filter(({ alertname }) => alertname === 'MessageGrew')
    expect(grew.map(({ layer }) => layer)).toEqual(['payload'])
    expect(await sum('tap_excess_bytes_total')).toBe(1)
  })

  it('has data for everything on the dashboard', async () => {
    const odd = dialTcp(tap.port)
    odd.resume().end('SSH-2.0-nobody\r\n')
    await closingOf(odd)
    const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[]
    }
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    expect(expressions.length).toBeGreaterThan(12)
    await expect
      .poll(async () => {
        const answers = expressions.map(async (expression) => {
          const asked = expression
            .replaceAll('$listener', '.*')
            .replaceAll('$__rate_interval', '1m')
          return (await prometheus.query(asked)).length === 0 ? [expression] : []
        })
        return (await Promise.all(answers)).flat()
      })
      .toEqual([])
  })

  it('is told in both forms without a fault', async () => {
    const text = await (await fetch(address)).text()
    execFileSync('promtool', ['check', 'metrics'], { input: text })
    execFileSync('promtool', ['check', 'rules', RULES])
    const cases = join(folder.path, 'alerts.test.yml')
    writeFileSync(cases, readFileSync(RULE_CASES, 'utf8').replace('ALERTS', RULES))
    execFileSync('promtool', ['test', 'rules', cases])
    execFileSync('promtool', ['check', 'config', join(root, 'docs', 'watch', 'prometheus.yml')])
    // Prometheus asks for OpenMetrics first.
    await expect.poll(() => prometheus.scrapeError()).toBe('')
    const open = await fetch(address, { headers: { accept: 'application/openmetrics-text' } })
    expect(open.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1/)
    expect(await open.text()).toMatch(/# EOF\n$/)
  })

  it('stored what the report says at the end, to the byte', async () => {
    await expect.poll(() => sum('tap_connections_ended_total')).toBe(5)
    const names = ['passed_bytes', 'bytes', 'unread_bytes', 'messages', 'connections_opened']
    const stored = Object.fromEntries(
      await Promise.all(
        names.map(async (name) => [name, await prometheus.query(`tap_${name}_total`)] as const),
      ),
    ) as Record<string, Series[]>
    const payload = await sum('tap_payload_size_bytes_sum')
    const ended = await prometheus.query('tap_connections_ended_total')
    const { report } = await tap.end()
    compare(report, stored)
    const whole = report.protocols.flatMap(({ ledger }) => ledger)
    expect(payload).toBe(sumLedger(whole, { layer: 'payload' }))
    const closed = ended.filter(({ metric }) => metric.end === 'closed')
    expect(totalOf(closed, {})).toBe(report.connections.closed)
    expect(totalOf(stored.connections_opened, {})).toBe(report.connections.accepted)
  })
})

const totalOf = (series: readonly Series[] = [], labels: Record<string, string>): number =>
  series
    .filter(({ metric }) => Object.entries(labels).every(([key, value]) => metric[key] === value))
    .reduce((total, { value }) => total + value, 0)

function compare(report: TapReport, stored: Record<string, Series[]>): void {
  for (const direction of DIRECTIONS) {
    expect(totalOf(stored.passed_bytes, { direction })).toBe(report.wireBytes[direction])
    for (const { protocol, messages, unread } of report.protocols) {
      const lost = unread.filter((each) => each.direction === direction)
      expect(totalOf(stored.unread_bytes, { protocol, direction })).toBe(
        lost.reduce((total, { bytes }) => total + bytes, 0),
      )
      expect(totalOf(stored.messages, { protocol, direction })).toBe(messages?.[direction] ?? 0)
    }
  }
  for (const { protocol, ledger } of report.protocols) {
    for (const { phase, direction, layer, bytes } of ledger) {
      expect(totalOf(stored.bytes, { protocol, phase, direction, layer })).toBe(bytes)
    }
  }
}
