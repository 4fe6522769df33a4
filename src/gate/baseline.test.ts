import { describe, expect, it } from 'vitest'
import { byteReport, cellsOf } from '../../test/fixtures/byte-report.ts'
import type { Cell } from '../model/report/report.ts'
import { addMissingCells, createBaseline, renderBaseline, replaceCells } from './baseline.ts'
import { parseBaseline } from './parse-baseline.ts'

const NEWER = { node: '22.1.0' }

describe('a baseline made from a report', () => {
  it('has every measured cell that has bytes, and no other', () => {
    const [http, mqtt, memory] = cellsOf() as [Cell, Cell, Cell]
    const failed: Cell = { ...http, transport: 'http2', status: 'failed', reason: 'died' } as Cell
    const {
      bytes: _b,
      latency: _l,
      counts: _c,
      warnings: _w,
      ...identity
    } = mqtt as Cell & {
      status: 'measured'
    }
    const skipped: Cell = {
      ...identity,
      transport: 'mqtt5',
      status: 'skipped',
      reason: 'no broker',
    }
    const { cells } = createBaseline(byteReport([skipped, mqtt, memory, http, failed]))
    expect(Object.keys(cells.json ?? {})).toEqual(['http1', 'mqtt-qos1'])
  })

  it('keeps bytes by phase, direction and layer, and the frames of the first message', () => {
    const { cells } = createBaseline(byteReport())
    expect(cells.json?.['mqtt-qos1']?.['steady up']).toEqual({
      layers: { payload: 1400, framing: 1800 },
      frames: [
        'PUBLISH 32: packet type and flags 1, Remaining Length 1, Topic Name length 2, ' +
          'Topic Name 12, Packet Identifier 2, payload 14',
      ],
    })
    expect(cells.json?.['mqtt-qos1']).not.toHaveProperty('close down')
  })

  it('leaves network bytes out, which are not of the byte stream', () => {
    const [http] = cellsOf() as [Cell & { status: 'measured' }]
    http.bytes?.ledger.push({
      phase: 'steady',
      direction: 'up',
      layer: 'network',
      bytes: 5200,
      basis: 'modelled',
    })
    expect(createBaseline(byteReport([http]))).toEqual(
      createBaseline(byteReport([...cellsOf()].slice(0, 1))),
    )
  })

  it('keeps every version that can move a byte', () => {
    expect(Object.entries(createBaseline(byteReport()).versions)).toEqual([
      ['mqtt-vs-http', '0.1.0'],
      ['node', '20.19.0'],
      ['openssl', '3.0.15'],
      ['aedes', '1.2.0'],
      ['fastify', '5.12.8'],
      ['mqtt', '5.16.0'],
      ['undici', '7.30.2'],
    ])
  })
})

describe('the text of a baseline', () => {
  const two = [...cellsOf({ scenario: 'single-reading' }), ...cellsOf()]

  it('is the same in whatever order the cells ran', () => {
    const text = renderBaseline(createBaseline(byteReport(two)))
    expect(renderBaseline(createBaseline(byteReport(two.toReversed())))).toBe(text)
    expect(text.indexOf('"json"')).toBeLessThan(text.indexOf('"single-reading"'))
  })

  it('is what it was after reading it', () => {
    const text = renderBaseline(createBaseline(byteReport(two)))
    expect(renderBaseline(parseBaseline(text, 'b.json'))).toBe(text)
  })

  it('has one figure a line, two spaces, LF, and a final newline', () => {
    const text = renderBaseline(createBaseline(byteReport(two)))
    expect(text).toMatch(/^\{\n {2}"schemaVersion": 1,\n/)
    expect(text).toMatch(/[^\n]\n$/)
    expect(text).not.toMatch(/[\r\t]/)
    for (const line of text.split('\n'))
      expect(line).toMatch(/^( {2})*("[^"]*": .*|".*",?|[{}\][],?)?$/)
    expect(text).toContain(
      '          "layers": {\n            "payload": 1400,\n            "framing": 1800\n          },\n          "frames": [\n',
    )
  })
})

describe('adding what a baseline lacks', () => {
  it('leaves the cells that it has as they are', () => {
    const old = createBaseline(byteReport(cellsOf().slice(0, 1)))
    const fresh = createBaseline(
      byteReport(cellsOf({ topic: 'sensors/temps', payload: 'longer payload' })),
    )
    const { cells } = addMissingCells(old, fresh)
    expect(cells.json?.http1).toEqual(old.cells.json?.http1)
    expect(cells.json?.['mqtt-qos1']).toEqual(fresh.cells.json?.['mqtt-qos1'])
  })

  it('notes the versions of a cell where they are not those on top', () => {
    const old = createBaseline(byteReport(cellsOf().slice(0, 1)))
    const added = addMissingCells(old, createBaseline(byteReport(cellsOf(), NEWER)))
    expect(added.versions.node).toBe('20.19.0')
    expect(added.cells.json?.http1).not.toHaveProperty('versions')
    expect(added.cells.json?.['mqtt-qos1']?.versions).toEqual({ node: '22.1.0' })
    const text = renderBaseline(added)
    expect(renderBaseline(parseBaseline(text, 'b.json'))).toBe(text)
  })
})

describe('replacing cells', () => {
  const old = createBaseline(byteReport([...cellsOf(), ...cellsOf({ scenario: 'other' })]))
  const part = byteReport(cellsOf({ clientId: 'sensor-00001' }), NEWER)

  it('of a part leaves all others, and the versions on top', () => {
    const replaced = replaceCells(old, createBaseline(part), null)
    expect(replaced.cells.other).toEqual(old.cells.other)
    expect(replaced.versions).toEqual(old.versions)
    expect(replaced.cells.json?.['mqtt-qos1']?.['setup up']?.layers).toEqual({ control: 26 })
    expect(replaced.cells.json?.['mqtt-qos1']?.versions).toEqual({ node: '22.1.0' })
  })

  it('of the whole set drops what no longer exists, and takes the new versions', () => {
    const replaced = replaceCells(old, createBaseline(part), part.cells)
    expect(replaced).toEqual(createBaseline(part))
  })

  it('keeps a cell that exists but gave no figure, with the versions it was measured with', () => {
    const existing = [...part.cells, { scenario: 'other', transport: 'http1' }]
    const replaced = replaceCells(old, createBaseline(part), existing)
    expect(Object.keys(replaced.cells.other ?? {})).toEqual(['http1'])
    expect(replaced.cells.other?.http1?.versions).toEqual({ node: '20.19.0' })
    expect(replaced.versions.node).toBe('22.1.0')
  })

  it('of everything that there is takes the new versions too', () => {
    const whole = byteReport([...cellsOf(), ...cellsOf({ scenario: 'other' })], NEWER)
    expect(replaceCells(old, createBaseline(whole), null)).toEqual(createBaseline(whole))
  })
})
