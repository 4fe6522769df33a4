import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import { FairQueue } from './fair-queue.ts'
import { encodeJson, RecordBatch, readRecords, recordOf, type TapRecord } from './records.ts'

const MEBIBYTE = 2 ** 20
const bytes = (connection: number, length: number): TapRecord =>
  recordOf('bytes', { connection, content: new Uint8Array(length) })

function take(queue: FairQueue, room = 128 * 1024): TapRecord[] {
  const batch = new RecordBatch(new ArrayBuffer(room))
  queue.fill(batch)
  return [...readRecords(batch.memory, batch.length)]
}

function takeAll(queue: FairQueue, room?: number): TapRecord[] {
  const all: TapRecord[] = []
  while (!queue.isEmpty) all.push(...take(queue, room))
  return all
}

const lengthOf = ({ kind, content, value }: TapRecord): number =>
  kind === 'skipped' ? value : content.length
const kindsOf = (records: readonly TapRecord[]): string[] =>
  records.map(({ kind, connection }) => `${connection} ${kind}`)

describe('a queue of which each connection has its share', () => {
  it('reads who says little first, however much of others waits', () => {
    const queue = new FairQueue()
    for (let chunk = 0; chunk < 1000; chunk += 1) {
      for (const loud of [1, 2, 3]) queue.add(bytes(loud, 64 * 1024))
    }
    expect(queue.heldBytes).toBeLessThanOrEqual(64 * MEBIBYTE)
    for (let message = 0; message < 20; message += 1) expect(queue.add(bytes(4, 100))).toBe(true)
    const first = take(queue)
    const quiet = first.filter(({ connection }) => connection === 4)
    expect(quiet.map(lengthOf)).toEqual([20 * 100])
    const all = [...first, ...takeAll(queue)]
    const held = [1, 2, 3].map((loud) =>
      all
        .filter(({ kind, connection }) => kind === 'bytes' && connection === loud)
        .reduce((sum, record) => sum + lengthOf(record), 0),
    )
    for (const its of held) expect(its / MEBIBYTE).toBeGreaterThan(15)
  })

  it('is bounded in memory where every record is a byte', () => {
    const queue = new FairQueue()
    let taken = 0
    for (let sent = 0; sent < 200_000; sent += 1) if (queue.add(bytes(1, 1))) taken += 1
    expect(queue.heldBytes).toBeLessThanOrEqual(64 * MEBIBYTE)
    expect(taken).toBeLessThan(70_000)
    expect(takeAll(queue).reduce((sum, record) => sum + lengthOf(record), 0)).toBe(200_000)
  })

  it('is bounded where connections come and go, and counts them', () => {
    const queue = new FairQueue()
    const place = encodeJson({ address: '192.0.2.7', port: 49_152 })
    const large = bytes(1, MEBIBYTE)
    while (queue.add(large));
    for (let connection = 2; connection < 100_002; connection += 1) {
      queue.add(recordOf('opened', { connection, content: place }))
      queue.add({ ...large, connection })
      queue.add({ ...large, connection, direction: 'down' })
      if (connection % 2 === 0) {
        const fault = { side: 'client', reason: 'ECONNRESET' }
        queue.add(recordOf('broken', { connection, content: encodeJson(fault) }))
      }
      queue.add(recordOf('ended', { connection }))
    }
    expect(queue.heldBytes).toBeLessThan(65 * MEBIBYTE)
    queue.ask(recordOf('figures', { value: 1 }))
    const taken = takeAll(queue)
    expect(taken.at(-1)?.kind).toBe('figures')
    const passed = taken.filter(({ kind }) => kind === 'passed')
    expect(passed).toHaveLength(2)
    const whole = taken.filter(({ kind }) => kind === 'ended').length
    expect(passed.reduce((sum, { value }) => sum + value, whole)).toBe(100_000)
    expect(queue.heldBytes).toBe(0)
  })

  it('keeps the order of each connection and around a question, counts every byte, and ends empty', () => {
    const step = fc.oneof(
      fc.record({
        ...{ kind: fc.constant('bytes' as const), connection: fc.integer({ min: 1, max: 4 }) },
        ...{ direction: fc.constantFrom(...DIRECTIONS), length: fc.nat(90_000) },
      }),
      fc.record({
        kind: fc.constantFrom('figures' as const, 'hurry' as const, 'take' as const),
        who: fc.constantFrom('everybody' as const, 'the loud' as const),
      }),
    )
    const room = fc.integer({ min: 100, max: 200_000 })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), room, (steps, roomBytes) => {
        const queue = new FairQueue()
        const taken: TapRecord[] = []
        const sent: number[][] = [[]]
        for (const connection of [1, 2, 3, 4]) queue.add(recordOf('opened', { connection }))
        for (const each of steps) {
          if (each.kind === 'bytes') {
            const { connection, direction, length } = each
            queue.add({ ...bytes(connection, length), direction })
            sent.at(-1)?.push(length)
          } else if (each.kind === 'figures') {
            queue.ask(recordOf('figures', { value: sent.length }))
            sent.push([])
          } else if (each.kind === 'hurry') queue.hurry(sent.length - 1, each.who)
          else taken.push(...take(queue, roomBytes))
        }
        for (const connection of [1, 2, 3, 4]) queue.add(recordOf('ended', { connection }))
        taken.push(...takeAll(queue, roomBytes))
        expect(queue.heldBytes).toBe(0)
        const sums = [0]
        for (const record of taken) {
          if (record.kind === 'figures') sums.push(0)
          else sums.push((sums.pop() ?? 0) + lengthOf(record))
        }
        expect(sums).toEqual(sent.map((lengths) => lengths.reduce((sum, one) => sum + one, 0)))
        expect(kindsOf(taken.filter(({ kind }) => kind === 'opened'))).toEqual(
          [1, 2, 3, 4].map((connection) => `${connection} opened`),
        )
        for (const connection of [1, 2, 3, 4]) {
          const its = taken.filter((record) => record.connection === connection)
          expect([its[0]?.kind, its.at(-1)?.kind]).toEqual(['opened', 'ended'])
        }
      }),
      { numRuns: 50 },
    )
  })

  it('in a hurry, counts what waits in front of the question, and reads what is behind it', () => {
    const queue = new FairQueue()
    for (const record of [bytes(1, 20_000), bytes(1, 20), bytes(2, 5)]) queue.add(record)
    queue.ask(recordOf('figures', { value: 1 }))
    queue.add(bytes(2, 7))
    queue.hurry(1, 'the loud')
    expect(kindsOf(take(queue, 61))).toEqual(['1 skipped', '2 bytes'])
    queue.add(bytes(1, 7))
    queue.ask(recordOf('figures', { value: 2 }))
    queue.hurry(2, 'everybody')
    expect(kindsOf(takeAll(queue))).toEqual(['0 figures', '2 skipped', '1 skipped', '0 figures'])
  })

  it('lets go first who had nothing that waited', () => {
    const queue = new FairQueue()
    for (const loud of [1, 2, 3]) queue.add(bytes(loud, 2 ** 20))
    take(queue)
    queue.add(bytes(4, 10))
    expect(kindsOf(take(queue)).slice(0, 2)).toEqual(['4 bytes', '2 bytes'])
  })
})
