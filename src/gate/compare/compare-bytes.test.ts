import { describe, expect, it } from 'vitest'
import { byteReport, type Content, cellsOf } from '../../../test/fixtures/byte-report.ts'
import type { CellVerdict, VariedCell } from '../../model/report/check/check.ts'
import { checkResultSchema } from '../../model/report/check/check.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import { createBaseline } from '../baseline.ts'
import { type ByteCheckOptions, checkAgainstBaseline } from './compare-bytes.ts'

const OLD = byteReport()
const BASELINE = createBaseline(OLD)

const check = (report: Report, options: Partial<ByteCheckOptions> = {}): CellVerdict[] => {
  const all = { allowSmaller: false, scope: report.cells, wholeSet: true }
  return checkAgainstBaseline(BASELINE, report, { ...all, ...options })
}
const findings = (verdicts: CellVerdict[]): Record<string, string> =>
  Object.fromEntries(verdicts.map((each) => [each.transport, `${each.verdict}: ${each.finding}`]))
const withContent = (change: Partial<Content>) => byteReport(cellsOf(change))
const failed = (cell: Cell): Cell => ({ ...cell, status: 'failed', reason: 'broke' }) as Cell
function skipped({ scenario, transport, client, protocol, flow, completion, link }: Cell): Cell {
  const identity = { scenario, transport, client, protocol, flow, completion, link }
  return { ...identity, status: 'skipped', reason: 'needs Mosquitto' }
}

describe('a run with the bytes of the baseline', () => {
  it('passes in every cell that has a wire', () => {
    expect(findings(check(byteReport()))).toEqual({
      http1: 'pass: unchanged',
      'mqtt-qos1': 'pass: unchanged',
    })
  })

  it('passes with other versions, since no byte moved', () => {
    const verdicts = check(byteReport(cellsOf(), { node: '24.0.0', tool: '9.0.0' }))
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  })

  it('passes when a frame is merely cut into parts otherwise', () => {
    const report = byteReport()
    for (const cell of report.cells) {
      for (const frame of cell.status === 'skipped' ? [] : (cell.bytes?.exchange ?? [])) {
        for (const part of frame.parts) part.label = part.label.toUpperCase()
      }
    }
    expect(check(report).map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
  })
})

describe('one byte more', () => {
  it.each<[string, Partial<Content>, object]>([
    [
      'in the client id',
      { clientId: 'sensor-00011' },
      {
        'mqtt-qos1': {
          differences: [{ phase: 'setup', direction: 'up', layer: 'control', was: 25, is: 26 }],
          frame: {
            ...{ phase: 'setup', direction: 'up', index: 0, label: 'CONNECT', was: 25, is: 26 },
            parts: [{ label: 'Client Identifier', was: 11, is: 12, text: 'sensor-00011' }],
          },
        },
      },
    ],
    [
      'in the topic',
      { topic: 'sensors/temps' },
      {
        'mqtt-qos1': {
          differences: [
            { phase: 'steady', direction: 'up', layer: 'framing', was: 1800, is: 1900 },
          ],
          frame: {
            ...{ phase: 'steady', direction: 'up', index: 0, label: 'PUBLISH', was: 32, is: 33 },
            parts: [{ label: 'Topic Name', was: 12, is: 13, text: 'sensors/temps' }],
          },
        },
      },
    ],
    [
      'in a request header',
      { requestHeaders: { host: '127.0.0.1:40001', 'x-device': '170' } },
      {
        http1: {
          differences: [
            { phase: 'steady', direction: 'up', layer: 'framing', was: 8800, is: 8900 },
          ],
          frame: {
            ...{ phase: 'steady', direction: 'up', index: 0, label: 'request', was: 102, is: 103 },
            parts: [{ label: 'x-device', was: 14, is: 15, text: '170' }],
          },
        },
      },
    ],
    [
      'in a response header',
      { responseHeaders: { Date: 'Sun, 05 Jan 2025 00:00:00 GMT', Connection: 'keep-alives' } },
      {
        http1: {
          differences: [
            { phase: 'steady', direction: 'down', layer: 'acknowledgement', was: 8800, is: 8900 },
          ],
          frame: {
            ...{ phase: 'steady', direction: 'down', index: 0, label: 'response' },
            ...{ was: 88, is: 89 },
            parts: [{ label: 'Connection', was: 24, is: 25, text: 'keep-alives' }],
          },
        },
      },
    ],
    [
      'in the payload',
      { payload: '{ "temp": 25 } ' },
      {
        http1: {
          differences: [
            { phase: 'steady', direction: 'up', layer: 'payload', was: 1400, is: 1500 },
          ],
          frame: { parts: [{ label: 'body', was: 14, is: 15 }] },
        },
        'mqtt-qos1': {
          differences: [
            { phase: 'steady', direction: 'up', layer: 'payload', was: 1400, is: 1500 },
          ],
          frame: { parts: [{ label: 'payload', was: 14, is: 15 }] },
        },
      },
    ],
  ])('%s fails, and is named', (_what, change, expected) => {
    for (const allowSmaller of [false, true]) {
      const verdicts = check(withContent(change), { allowSmaller })
      const failing = verdicts.filter(({ verdict }) => verdict === 'fail')
      expect(Object.fromEntries(failing.map((each) => [each.transport, each]))).toMatchObject(
        expected,
      )
      expect(failing).toHaveLength(Object.keys(expected).length)
      for (const each of failing) expect(each.finding).toBe('changed')
    }
  })

  it('in one message of a hundred fails, though no stored frame shows it', () => {
    const report = byteReport()
    const [http] = report.cells as [Cell & { status: 'measured' }]
    const entry = http.bytes?.ledger.find(({ layer }) => layer === 'framing')
    if (entry) entry.bytes += 1
    expect(check(report)[0]).toMatchObject({ finding: 'changed', frame: null })
  })

  it('that replaces a byte of another layer fails', () => {
    const report = byteReport()
    const [http] = report.cells as [Cell & { status: 'measured' }]
    for (const entry of http.bytes?.ledger ?? []) {
      if (entry.layer === 'framing') entry.bytes += 1
      if (entry.layer === 'payload') entry.bytes -= 1
    }
    expect(check(report, { allowSmaller: true })[0]).toMatchObject({ finding: 'changed' })
  })
})

describe('frames', () => {
  it('show a header that came and one that went', () => {
    const report = withContent({ requestHeaders: { 'x-new': '1', host: '127.0.0.1:40001' } })
    expect(check(report)[0]).toMatchObject({
      frame: {
        parts: [
          { label: 'x-new', was: null, is: 10, text: '1' },
          { label: 'x-device', was: 14, is: null },
        ],
      },
    })
  })

  it('show one that is new, and one that is gone', () => {
    const report = byteReport()
    const mqtt = report.cells[1] as Cell & { status: 'measured' }
    const [connect] = mqtt.bytes?.exchange ?? []
    if (!connect) throw new Error('no CONNECT')
    const subscribe = { ...connect, label: 'SUBSCRIBE' }
    mqtt.bytes?.exchange.unshift(subscribe)
    const entry = mqtt.bytes?.ledger.find(({ phase }) => phase === 'setup')
    if (entry) entry.bytes += 25
    const [, came] = check(report)
    expect(came).toMatchObject({ frame: { label: 'SUBSCRIBE', index: 0, was: null, is: 25 } })

    const other = createBaseline(report)
    const went = checkAgainstBaseline(other, byteReport(), {
      allowSmaller: true,
      scope: report.cells,
      wholeSet: true,
    })[1]
    expect(went).toMatchObject({
      finding: 'smaller',
      frame: { label: 'SUBSCRIBE', index: 0, was: 25, is: null },
    })
  })

  it('keep only the beginning of a long value', () => {
    const report = withContent({ topic: 'x'.repeat(200) })
    const [, mqtt] = check(report)
    const text = mqtt && 'frame' in mqtt ? mqtt.frame?.parts[0]?.text : undefined
    expect(text).toBe(`${'x'.repeat(79)}…`)
  })
})

describe('a byte fewer', () => {
  const report = withContent({ clientId: 'sensor-001' })

  it('fails, since the baseline must move', () => {
    expect(findings(check(report))['mqtt-qos1']).toBe('fail: changed')
  })

  it('passes where that is allowed, and is told', () => {
    const verdicts = check(report, { allowSmaller: true })
    expect(findings(verdicts)).toEqual({ http1: 'pass: unchanged', 'mqtt-qos1': 'pass: smaller' })
  })

  it('does not make up for a byte more elsewhere', () => {
    const both = withContent({ clientId: 's', topic: 'sensors/temps' })
    expect(findings(check(both, { allowSmaller: true }))['mqtt-qos1']).toBe('fail: changed')
  })
})

describe('another number of messages', () => {
  it('is a finding of its own, which does not hide what else changed', () => {
    const report = withContent({ messages: 99, clientId: 'sensor-00011' })
    const [http, mqtt] = check(report, { allowSmaller: true })
    expect(http).toMatchObject({
      finding: 'messages',
      verdict: 'fail',
      messages: { was: 100, is: 99 },
      differences: [],
    })
    expect(mqtt).toMatchObject({
      finding: 'messages',
      differences: [{ phase: 'setup', direction: 'up', layer: 'control', was: 25, is: 26 }],
    })
  })
})

describe('cells that only one side has', () => {
  it('fail where the baseline lacks them', () => {
    const report = byteReport([...cellsOf(), ...cellsOf({ scenario: 'other' })])
    const missing = check(report).filter(({ finding }) => finding === 'missing-in-baseline')
    expect(missing.map(({ scenario, transport }) => [scenario, transport])).toEqual([
      ['other', 'http1'],
      ['other', 'mqtt-qos1'],
    ])
  })

  it('fail where only the baseline has them, if everything was run', () => {
    const report = byteReport(cellsOf().slice(1))
    expect(findings(check(report))).toEqual({
      'mqtt-qos1': 'pass: unchanged',
      http1: 'fail: gone',
    })
    expect(findings(check(report, { wholeSet: false }))).toEqual({ 'mqtt-qos1': 'pass: unchanged' })
  })

  it('are both where a scenario was renamed', () => {
    const verdicts = check(byteReport(cellsOf({ scenario: 'jason' })))
    expect(verdicts.map(({ scenario, finding }) => `${scenario}: ${finding}`)).toEqual([
      'jason: missing-in-baseline',
      'jason: missing-in-baseline',
      'json: gone',
      'json: gone',
    ])
  })

  it('are found by their own name alone', () => {
    const report = byteReport(cellsOf({ scenario: 'constructor' }))
    expect(check(report, { wholeSet: false })[0]?.finding).toBe('missing-in-baseline')
  })
})

describe('no verdict', () => {
  const [http, mqtt, memory] = cellsOf() as [Cell, Cell, Cell]

  it('is given on a cell that failed, with the reason', () => {
    expect(check(byteReport([failed(http), mqtt]))[0]).toMatchObject({
      finding: 'failed',
      verdict: 'no-verdict',
      reason: 'broke',
    })
  })

  it('is given on a cell that was asked for, but never came to be run', () => {
    const verdicts = check(byteReport([mqtt]), { scope: [http, mqtt] })
    expect(findings(verdicts)).toEqual({
      http1: 'no-verdict: failed',
      'mqtt-qos1': 'pass: unchanged',
    })
  })

  it('is given on a cell of the baseline that this machine cannot run', () => {
    expect(findings(check(byteReport([skipped(http), mqtt]))).http1).toBe('no-verdict: skipped')
  })

  it('is not needed on a cell that neither side has measured', () => {
    const stranger = { ...skipped(http), transport: 'mqtt5' }
    expect(findings(check(byteReport([http, mqtt, memory, stranger])))).toEqual({
      http1: 'pass: unchanged',
      'mqtt-qos1': 'pass: unchanged',
    })
  })

  it('is given on a cell whose passes differ, even where one of them fits', () => {
    const varied: VariedCell = {
      scenario: 'json',
      transport: 'http1',
      finding: 'varied',
      verdict: 'no-verdict',
      messages: [100, 100, 100],
      variations: [],
    }
    expect(check(byteReport(), { varied: [varied] })[0]).toEqual(varied)
  })
})

it('every verdict can be stored', () => {
  const [http, mqtt] = cellsOf({ clientId: 'sensor-00011' }) as [Cell, Cell]
  const other = cellsOf({ scenario: 'other' })
  const report = byteReport([failed(http), mqtt, ...other])
  expect(() => checkResultSchema.shape.cells.parse(check(report))).not.toThrow()
})
