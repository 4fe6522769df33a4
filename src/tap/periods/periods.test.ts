import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import { RECORDED } from '../../../test/support/recorded-conversations.ts'
import { type TapReport, tapReportSchema } from '../../model/report/tap/tap-report.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import { mergeLedgers, sumLedger } from '../../model/wire/ledger.ts'
import { TapBook } from '../tap-book.ts'
import { PERIOD_FOLDERS, removeOld, stampedFile, stampedFiles } from './old-files.ts'
import { Periods } from './periods.ts'

const TUNNEL: Conversation = [
  up('CONNECT broker:1883 HTTP/1.1\r\nHost: broker:1883\r\n\r\n'),
  down('HTTP/1.1 200 Connection established\r\n\r\n'),
  up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
  down(hex('20020000')),
]

/** All conversations at once, in small pieces, cut after so many of them. */
function cutEvery(pieces: number): { whole: TapReport; periods: TapReport[] } {
  const meter = { topics: [], held: null, periods: true }
  const book = new TapBook({ nowNs: () => 0n, onRemark: () => {}, meter })
  const wireBytes = { up: 0, down: 0 }
  let now = 0
  const report = (): [TapReport, TapReport['protocols']] => {
    now += 1
    const { settled, ...figures } = book.cut()
    const head = { kind: 'tap', schemaVersion: 1, ending: 'running', capture: null } as const
    const tool = { name: 'mqtt-vs-http', version: '0' } as const
    const places = { listen: 'a', target: 'b', startedAt: '2026-11-29T16:00:00.000Z' }
    return [
      { ...head, tool, ...places, durationMs: now, wireBytes: { ...wireBytes }, ...figures },
      [...settled],
    ]
  }
  const cutter = new Periods()
  const periods: TapReport[] = []
  let fed = 0
  for (const conversation of [...Object.values(RECORDED), TUNNEL]) {
    const connection = book.openConnection({ address: '192.0.2.7', port: 49_152 })
    for (const [direction, bytes] of conversation) {
      for (let at = 0; at < bytes.length; at += 19) {
        const piece = bytes.subarray(at, at + 19)
        connection.bytes(direction, piece)
        wireBytes[direction] += piece.length
        fed += 1
        if (fed % pieces === 0) periods.push(cutter.cut(...report()))
      }
    }
    connection.end()
  }
  periods.push(cutter.cut(...report()))
  return { whole: report()[0], periods }
}

describe('reports of periods', () => {
  it.each([3, 40, 1000])('cut after each %i pieces add up to the whole', (pieces) => {
    const { whole, periods } = cutEvery(pieces)
    for (const period of periods.slice(0, 9)) tapReportSchema.parse(period)
    for (const direction of DIRECTIONS) {
      const crossed = periods.reduce((sum, each) => sum + each.wireBytes[direction], 0)
      expect(crossed).toBe(whole.wireBytes[direction])
      for (const { period, wireBytes, protocols } of periods) {
        const read = protocols.reduce(
          (sum, { ledger, unread }) =>
            sum +
            sumLedger(ledger, { direction }) +
            unread.reduce((all, u) => all + (u.direction === direction ? u.bytes : 0), 0),
          0,
        )
        const { carriedIn, carriedOut } = period ?? expect.fail('no period')
        expect(read).toBe(wireBytes[direction] + carriedIn[direction] - carriedOut[direction])
        expect(carriedOut[direction]).toBeGreaterThanOrEqual(0)
      }
      expect(periods.at(-1)?.period?.carriedOut[direction]).toBe(0)
    }
    for (const its of whole.protocols) {
      const cut = periods.flatMap(({ protocols }) =>
        protocols.filter(({ protocol }) => protocol === its.protocol),
      )
      expect(mergeLedgers(cut.map(({ ledger }) => ledger)), its.protocol).toEqual(its.ledger)
      expect(cut.reduce((sum, { connections }) => sum + connections.closed, 0)).toBe(
        its.connections.closed,
      )
      const sent = cut.reduce((sum, { messages }) => sum + (messages?.up ?? 0), 0)
      expect(sent).toBe(its.messages?.up ?? 0)
      const named = cut.flatMap(({ subjects }) => subjects)
      expect(named.reduce((sum, { messages }) => sum + messages, 0)).toBe(
        its.subjects.reduce((sum, { messages }) => sum + messages, 0),
      )
    }
  })
})

describe('what a rotation left', () => {
  const day = (date: number): Date => new Date(Date.UTC(2026, 10, date))

  it('is kept by number or by size, the newest first, and nothing else is touched', () => {
    const folder = mkdtempSync(join(tmpdir(), 'periods-'))
    try {
      for (const date of [1, 2, 3, 4]) {
        writeFileSync(stampedFile(join(folder, 'plant.pcapng'), day(date)), 'x'.repeat(100))
        const period = join(folder, `2026-11-0${date}T00-00-00.000Z`)
        mkdirSync(period)
        writeFileSync(join(period, 'report.json'), '{}')
      }
      for (const other of ['plant.pcapng', 'plant-b.pcapng', '2026']) {
        writeFileSync(join(folder, other), '')
      }
      removeOld(folder, stampedFiles('plant.pcapng'), { count: null, bytes: 250 })
      removeOld(folder, PERIOD_FOLDERS, { count: 1, bytes: null })
      expect(readdirSync(folder).sort()).toEqual([
        ...['2026', '2026-11-04T00-00-00.000Z', 'plant-2026-11-03T00-00-00.000Z.pcapng'],
        ...['plant-2026-11-04T00-00-00.000Z.pcapng', 'plant-b.pcapng', 'plant.pcapng'],
      ])
      removeOld(folder, stampedFiles('plant.pcapng'), { count: null, bytes: 1 })
      expect(readdirSync(folder).filter((name) => /^plant-2026/.test(name))).toHaveLength(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
