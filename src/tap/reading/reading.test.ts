import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../../test/support/dissection.ts'
import { saidText } from '../../model/said/said.ts'
import type { Direction } from '../../model/vocabulary.ts'
import { checkAgainst, type TapFigures } from '../tap-book.ts'
import { type ReaderMessage, RecordReader } from './record-reader.ts'
import { encodeJson, RecordBatch, readRecords, type TapRecord } from './records.ts'
import { type ReadConnection, readHere } from './tap-reading.ts'
import { readInThread } from './thread-reading.ts'
import { unreadFigures, unreadMeter } from './unread-figures.ts'

const NO_FILTER = { host: null, protocol: null }
const METER = { topics: ['#'], held: null, periods: true }
const PLACE = { address: '192.0.2.7', port: 49_152 }
const CONNECT = hex('10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00')
const CONNACK = hex('20 02 00 00')
const PUBLISH = hex('30 05 00 01 74 68 69')

const record = (kind: TapRecord['kind'], more: Partial<TapRecord> = {}): TapRecord => ({
  ...{ kind, connection: 1, direction: 'up', atNs: 1, value: 0, content: new Uint8Array(0) },
  ...more,
})

const speakMqtt = (connection: ReadConnection): void => {
  connection.bytes('up', CONNECT)
  connection.bytes('down', CONNACK)
  connection.bytes('up', PUBLISH)
}

const openThread = (remarks: string[] = []) =>
  readInThread({
    nowNs: () => 5_000_000n,
    onRemark: (remark) => remarks.push(saidText(remark)),
    onEnded: () => undefined,
    only: NO_FILTER,
    meter: METER,
    // No build has to be there, nor to be of these sources.
    from: {
      file: fileURLToPath(new URL('testing/read-thread.mjs', import.meta.url)),
      execArgv: [],
    },
  })

describe('records', () => {
  it('are read as they were written, until there is no room', () => {
    const content = fc.uint8Array({ maxLength: 40 })
    const one = fc.record({
      kind: fc.constantFrom('bytes' as const, 'skipped' as const, 'ended' as const),
      direction: fc.constantFrom('up' as const, 'down' as const),
      ...{ connection: fc.nat(2 ** 32 - 1), atNs: fc.nat(), value: fc.nat(), content },
    })
    fc.assert(
      fc.property(fc.array(one), (all) => {
        const batch = new RecordBatch(new ArrayBuffer(400))
        const written = all.filter((each) => batch.add(each))
        expect([...readRecords(batch.memory, batch.length)]).toEqual(written)
        expect(batch.length).toBeLessThanOrEqual(400)
      }),
    )
  })
})

describe('reading in a thread', () => {
  it('has the figures of reading here', async () => {
    await using thread = await openThread()
    await using here = readHere({ nowNs: () => 5_000_000n, onRemark: () => {}, meter: METER })
    for (const reading of [thread, here]) {
      const [first, second, third] = [1, 2, 3].map(() => reading.openConnection(PLACE))
      for (const connection of [first, second, third]) speakMqtt(connection as ReadConnection)
      first?.end()
      third?.broken?.({ side: 'client', reason: 'ECONNRESET' })
      third?.end()
      reading.lose('EMFILE')
    }
    const totals = { up: 3 * 21, down: 3 * 4 }
    for (const asked of ['figures', 'cut', 'meter'] as const) {
      expect(await thread[asked](totals, 60_000)).toEqual(await here[asked](totals, 60_000))
    }
    const told = (await here.meter(totals, 60_000)).meter
    expect(told?.traffic[0]).toMatchObject({ protocol: 'mqtt/3.1.1', ended: { closed: 1 } })
    expect(unreadMeter(told, totals)).toEqual(told)
    const later = unreadMeter(told, { up: totals.up + 9, down: totals.down })
    expect(later?.pending.up).toBe((told?.pending.up ?? 0) + 9)
    expect([thread.accepted, thread.openCount]).toEqual([3, 1])
  })

  it('holds nobody up: what comes too fast is counted, and costs others nothing', async () => {
    await using thread = await openThread()
    const [loud, quiet] = [thread.openConnection(PLACE), thread.openConnection(PLACE)]
    // Nothing that would take long to be read.
    const flood = Buffer.alloc(64 * 1024)
    const totals: Record<Direction, number> = { up: 0, down: 0 }
    // All in one turn, in which no answer of the thread can come.
    for (let sent = 0; sent < 200; sent += 1) {
      for (let chunk = 0; chunk < 10; chunk += 1) loud.bytes('up', flood)
      quiet.bytes('up', sent === 0 ? CONNECT : PUBLISH)
      totals.up += 10 * flood.length + (sent === 0 ? CONNECT : PUBLISH).length
    }
    const { protocols, notable } = await thread.figures(totals, 60_000)
    checkAgainst(totals, protocols)
    expect(notable.find(({ number }) => number === 2)).toMatchObject({
      unread: [],
      messages: { up: 199 },
    })
    const lost = protocols.flatMap(({ unread }) => unread)
    const tooFast = lost.find(({ reason }) => reason === 'they came faster than they could be read')
    expect(tooFast?.bytes).toBeGreaterThan(60 * 1024 * 1024)
  })
})

function readerOf(heldBytes = () => 0) {
  const said: ReaderMessage[] = []
  const reader = new RecordReader({ only: NO_FILTER }, (message) => said.push(message), heldBytes)
  const read = (...records: TapRecord[]): TapFigures => {
    const batch = new RecordBatch(new ArrayBuffer(4096))
    for (const each of [...records, record('figures', { value: 7 })]) batch.add(each)
    reader.read(batch.memory, batch.length)
    const [answer] = said.splice(0).filter((message) => message.kind === 'figures')
    expect(answer?.question).toBe(7)
    return (answer as { answer: TapFigures }).answer
  }
  return { read }
}

const OPENED = record('opened', { content: encodeJson(PLACE) })
const unreadOf = ({ protocols }: TapFigures): string[] =>
  protocols.flatMap(({ unread }) => unread.map(({ bytes, reason }) => `${bytes}: ${reason}`))

describe('a reader', () => {
  it('counts connections of which nothing was kept, and shares their bytes out', () => {
    const { read } = readerOf()
    const told = (fault: object | null, bytes: object) =>
      record('passed', { value: 3, content: encodeJson({ client: PLACE, fault, bytes }) })
    const { connections, protocols } = read(
      told(null, { up: 100, down: 7 }),
      told({ side: 'client', reason: 'ECONNRESET' }, { up: 1, down: 0 }),
    )
    expect(connections).toMatchObject({ accepted: 6, closed: 3, broken: 3, open: 0 })
    checkAgainst({ up: 101, down: 7 }, protocols)
  })

  it('keeps the book by what it is told, and counts what it is not given', () => {
    const { read } = readerOf()
    const figures = read(
      ...[OPENED, record('bytes', { content: CONNECT })],
      ...[record('skipped', { direction: 'down', value: 100 })],
      ...[record('bytes', { content: PUBLISH }), record('skipped', { value: 9 })],
    )
    checkAgainst({ up: CONNECT.length + PUBLISH.length + 9, down: 100 }, figures.protocols)
    const why = 'they came faster than they could be read'
    expect(unreadOf(figures)).toEqual([`9: ${why}`, `100: ${why}`])
  })

  it('gives up the connection that has said the most of late, where memory is short', () => {
    const held = [0, 2 ** 30]
    const { read } = readerOf(() => held.shift() ?? 0)
    const [long, late] = [{ atNs: 1 }, { connection: 2, atNs: 3600e9 }]
    read(
      ...[OPENED, record('bytes', { content: CONNECT, ...long })],
      ...Array.from({ length: 20 }, () => record('bytes', { content: PUBLISH, ...long })),
      ...[{ ...OPENED, ...late }, record('bytes', { content: CONNECT, ...late })],
    )
    read(record('bytes', { content: PUBLISH, ...late }))
    const figures = read(
      ...[record('bytes', { content: PUBLISH, atNs: late.atNs })],
      ...[record('bytes', { content: PUBLISH, ...late })],
    )
    expect(unreadOf(figures)).toEqual([
      `${PUBLISH.length}: all connections together held too much to be read`,
    ])
    expect(figures.protocols.map(({ messages }) => messages)).toEqual([{ up: 22, down: 0 }])
  })

  it('gives up the connection that has said the most, where memory is short', () => {
    const { read } = readerOf(() => 2 ** 30)
    const small = { connection: 2 }
    read(
      ...[OPENED, record('bytes', { content: CONNECT }), record('bytes', { content: PUBLISH })],
      ...[{ ...OPENED, ...small }, record('bytes', { content: CONNECT, ...small })],
    )
    const figures = read(
      ...[record('bytes', { content: PUBLISH }), record('bytes', { content: PUBLISH, ...small })],
    )
    checkAgainst({ up: 2 * CONNECT.length + 3 * PUBLISH.length, down: 0 }, figures.protocols)
    expect(unreadOf(figures)).toEqual([
      `${PUBLISH.length}: all connections together held too much to be read`,
    ])
  })
})

it('where nothing is read any more, the rest is unread, and all of it adds up', () => {
  const counts = { accepted: 3, open: 1, closed: 1, broken: 1, unreachable: 0, lost: 0 }
  const connections = { ...counts, peakConcurrent: 2 }
  const why = { connections, reason: 'reading it failed: its thread has ended' }
  const none = unreadFigures(null, { up: 10, down: 0 }, why)
  checkAgainst({ up: 10, down: 0 }, none.protocols)
  const more = unreadFigures(none, { up: 15, down: 5 }, why)
  checkAgainst({ up: 15, down: 5 }, more.protocols)
  expect(more.connections).toBe(connections)
})
