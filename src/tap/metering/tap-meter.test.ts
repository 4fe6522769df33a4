import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import { RECORDED } from '../../../test/support/recorded-conversations.ts'
import { createTlsServer, recordTls } from '../../../test/support/tls-conversation.ts'
import type { MeteredTraffic, MeterFigures } from '../../model/report/tap/meter-figures.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { TapBook, type TapFilter } from '../tap-book.ts'
import { isPattern, TopicLabels } from './topic-labels.ts'

const LONG_HTTP: Conversation = [
  up('GET /a HTTP/1.1\r\nHost: h\r\n\r\n'),
  down('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
]
const TUNNEL: Conversation = [
  up('CONNECT broker:1883 HTTP/1.1\r\nHost: broker:1883\r\n\r\n'),
  down('HTTP/1.1 200 Connection established\r\n\r\n'),
  up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
  down(hex('20020000')),
]
const ODD: Conversation = [up('SSH-2.0-x\r\n'), down(Buffer.alloc(500, 7)), up(Buffer.alloc(90, 8))]

/** Every figure that may not fall, by its labels. */
function countersOf({ traffic, topics }: MeterFigures): Map<string, number> {
  const all = new Map<string, number>()
  for (const { protocol, tls, ended, ...each } of traffic) {
    const of = (name: string, value: number) => all.set(`${protocol} ${tls} ${name}`, value)
    for (const [end, count] of Object.entries(ended)) of(end, count)
    for (const { bytes, ...cell } of each.ledger) of(JSON.stringify(cell), bytes)
    for (const { bytes, ...cell } of each.unread) of(JSON.stringify(cell), bytes)
    for (const { count, ...cell } of each.messages) of(JSON.stringify(cell), count)
    for (const { count, ...cell } of each.roundTrips) of(JSON.stringify(cell), count)
    for (const { direction, counts } of each.payloads) {
      for (const [index, count] of counts.entries()) of(`payload ${direction} ${index}`, count)
    }
  }
  for (const { topic, direction, messages } of topics) all.set(`${topic} ${direction}`, messages)
  return all
}

const bytesOf = (traffic: readonly MeteredTraffic[], direction: 'up' | 'down'): number =>
  traffic.reduce(
    (sum, { ledger, unread }) =>
      sum +
      sumLedger(ledger, { direction }) +
      unread.reduce((lost, each) => lost + (each.direction === direction ? each.bytes : 0), 0),
    0,
  )

/** Feeds conversations in small pieces, side by side, and looks after each piece. */
function watch(conversations: readonly Conversation[], only?: TapFilter) {
  const book = new TapBook({
    nowNs: () => 0n,
    onRemark: () => {},
    meter: { topics: ['#'], held: null, periods: true },
    ...(only && { only }),
  })
  const wire = { up: 0, down: 0 }
  const fallen: string[] = []
  let before = new Map<string, number>()
  const look = (): void => {
    const meter = book.meterFigures()
    const now = countersOf(meter as MeterFigures)
    for (const [name, value] of before) {
      if ((now.get(name) ?? 0) < value) fallen.push(`${name}: ${value}, then ${now.get(name)}`)
    }
    for (const direction of DIRECTIONS) {
      const told = bytesOf((meter as MeterFigures).traffic, direction)
      const left = wire[direction] - told - (meter?.pending[direction] ?? 0)
      if (left !== 0) fallen.push(`${left} bytes ${direction} are nowhere`)
    }
    before = now
  }
  for (const conversation of conversations) {
    const connection = book.openConnection({ address: '192.0.2.7', port: 49_152 })
    for (const [direction, bytes] of conversation) {
      for (let at = 0; at < bytes.length; at += 23) {
        const piece = bytes.subarray(at, at + 23)
        connection.bytes(direction, piece)
        wire[direction] += piece.length
        look()
      }
    }
    connection.skipped('down', 10)
    wire.down += 10
    look()
    connection.end()
    look()
  }
  expect(fallen).toEqual([])
  return { ...book.figures(), meter: book.meterFigures() }
}

describe('what a tap tells while it runs', () => {
  it('never falls, leaves no byte out, and ends with the figures of the report', () => {
    const all = [...Object.values(RECORDED), LONG_HTTP, TUNNEL, ODD]
    const { meter, protocols } = watch(all)
    expect(meter?.pending).toEqual({ up: 0, down: 0 })
    expect(protocols.length).toBeGreaterThan(5)
    for (const { protocol, ledger, messages, connections, unread } of protocols) {
      const its = meter?.traffic.find((each) => each.protocol === protocol)
      expect(its?.ledger, protocol).toEqual(ledger)
      const sum = (direction: string): number =>
        its?.messages.reduce((all, m) => all + (m.direction === direction ? m.count : 0), 0) ?? -1
      if (messages !== null)
        expect({ up: sum('up'), down: sum('down') }, protocol).toEqual(messages)
      expect(its?.ended.closed).toBe(connections.closed)
      const lost = unread.reduce((bytes, each) => bytes + each.bytes, 0)
      expect(
        its?.unread.reduce((bytes, each) => bytes + each.bytes, 0),
        protocol,
      ).toBe(lost)
    }
  })

  it('counts payloads by size, and round trips', () => {
    const { meter } = watch([RECORDED['mqtt/3.1.1'] as Conversation])
    const [mqtt] = meter?.traffic ?? []
    const [sent] = mqtt?.payloads ?? []
    expect(sent?.counts).toEqual([0, 0, 0, (sent?.bytes ?? 0) / 200, 0, 0, 0, 0, 0, 0, 0])
    expect(mqtt?.roundTrips.find(({ phase }) => phase === 'setup')?.count).toBeGreaterThan(0)
  })

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('says that it was %s', async (version) => {
    const server = await createTlsServer({ minVersion: version, maxVersion: version })
    const { conversation } = await recordTls(server, async () => {})
    const { meter } = watch([conversation])
    expect(meter?.traffic.map(({ protocol, tls }) => [protocol, tls])).toEqual([
      ['TLS', version.slice(4)],
    ])
  })

  it('of what was not asked for has the bytes alone', () => {
    const only = { host: null, protocol: 'http/1.1' }
    const { meter } = watch([RECORDED['mqtt/3.1.1'] as Conversation, LONG_HTTP], only)
    expect(meter?.traffic.map(({ protocol }) => protocol)).toEqual(['others', 'http/1.1'])
    expect(meter?.traffic[0]?.ledger).toEqual([])
  })
})

describe('labels of topics', () => {
  it.each([
    ['plant/+/temp', 'plant/7/temp', 'plant/7/temp'],
    ['plant/+/temp', 'plant/7/8/temp', 'other'],
    ['plant/+', 'plant', 'other'],
    ['plant/#', 'plant', 'plant'],
    ['POST /data/+', 'POST /data/3', 'POST /data/3'],
  ])('%s makes of %s %s', (pattern, subject, label) => {
    expect(new TopicLabels([pattern]).labelOf(subject)).toBe(label)
  })

  it('are a hundred at most', () => {
    const topics = new TopicLabels(['#'])
    for (let index = 0; index < 5000; index += 1) topics.add('up', `a/${index}`, 10)
    const list = topics.list()
    expect(list).toHaveLength(101)
    expect(list.find(({ topic }) => topic === 'other')).toMatchObject({ messages: 4900 })
    expect(topics.labelOf('a/99')).toBe('a/99')
  })

  it('has wildcards only where a subscription may', () => {
    expect(['a/+/b', '#', '+'].every(isPattern)).toBe(true)
    expect(['', 'a/#/b', 'a+', 'a#'].some(isPattern)).toBe(false)
  })
})
