import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../../test/support/dissection.ts'
import { dissectLeniently } from '../../../../test/support/lenient.ts'
import { KeptSessions } from '../../detection/kept-sessions.ts'
import { dissectMqtt5 } from './mqtt5.ts'
import { dissectMqtt31, dissectMqtt311 } from './mqtt311.ts'

const CONNECT = hex('10 0d 0004 4d515454 04 02 003c 0001 61')
const KEPT = hex('10 0d 0004 4d515454 04 00 003c 0001 61')
const CONNECT_5 = hex('10 0e 0004 4d515454 05 02 003c 00 0001 61')
const publish = (first: string, id: number, payload = '{ "temp": 25 }'): Uint8Array =>
  Buffer.concat([
    hex(`${first} ${(2 + 1 + 2 + payload.length).toString(16).padStart(2, '0')} 0001 61`),
    Uint8Array.of(id >> 8, id & 255),
    Buffer.from(payload),
  ])
const opened: Conversation = [up(CONNECT), down(hex('20020000'))]

describe('a lenient reader of MQTT notes, and reads on', () => {
  it.each<[string, Conversation, [string, number][]]>([
    ['a PUBACK that nobody waits for', [down(hex('40020009'))], [['MQTT 3.1.1 §2.3.1', 1]]],
    [
      'a PUBREL twice',
      [
        ...[up(publish('34', 1)), down(hex('50020001')), up(hex('62020001')), up(hex('62020001'))],
        down(hex('70020001')),
      ],
      [['MQTT 3.1.1 §2.3.1', 1]],
    ],
    [
      'a PUBLISH again without DUP',
      [up(publish('32', 1)), up(publish('32', 1)), down(hex('40020001 40020001'))],
      [['MQTT-2.3.1-2', 1]],
    ],
    [
      'flags that are not those of the type',
      [up(hex('c500')), down(hex('d000'))],
      [['MQTT-2.2.2-2', 1]],
    ],
    ['what only a client sends', [down(hex('c000'))], [['MQTT 3.1.1 §2.2.1', 1]]],
    ['a second CONNECT', [up(CONNECT)], [['MQTT-3.1.0-2', 1]]],
    ['DUP at QoS 0', [up(hex('38 03 0001 61'))], [['MQTT-3.3.1-2', 1]]],
    ['a wildcard in a topic', [up(hex('30 03 0001 23'))], [['MQTT-4.7.1-1', 1]]],
    ['a topic that is no UTF-8', [up(hex('30 03 0001 ff'))], [['MQTT-1.5.3-1', 1]]],
    ['an identifier of 0', [up(publish('32', 0)), down(hex('40020000'))], [['MQTT-2.3.1-1', 2]]],
    ['packets after DISCONNECT', [up(hex('e000 c000 c000'))], [['MQTT-3.14.4-2', 2]]],
  ])('%s', (_, said, noted) => {
    const conversation = [...opened, ...said]
    const found = dissectLeniently(dissectMqtt311, conversation)
    expect(found.unread).toBe(0)
    const counts = new Map<string | null, number>()
    for (const { clause } of found.remarks) counts.set(clause, (counts.get(clause) ?? 0) + 1)
    expect([...counts]).toEqual(noted)
  })

  it('does not report a consequence as a cause of its own', () => {
    // The CONNECT is not readable: what follows from that is no breach.
    const said = [
      up(hex('10 02 ffff')),
      down(hex('20020000')),
      up(publish('32', 1)),
      down(hex('40020001')),
    ]
    const found = dissectLeniently(dissectMqtt311, said)
    expect(found.frames.map(({ label }) => label).sort()).toEqual(['CONNACK', 'PUBACK', 'PUBLISH'])
    expect(found.remarks).toEqual([])
    expect(found.unread).toBe(4)
  })

  it('looks for the next place where packets chain after a length that is broken', () => {
    const said = [...opened, up(hex('30 ffffffffff')), up(publish('32', 1)), up(hex('c000 e000'))]
    const found = dissectLeniently(dissectMqtt311, said)
    expect(found.frames.map(({ label }) => label)).toEqual([
      ...['CONNECT', 'CONNACK', 'PUBLISH', 'PINGREQ', 'DISCONNECT'],
    ])
    expect(found.unread).toBe(6)
  })

  it('knows a bridge of Mosquitto, and MQTT 3.1', () => {
    const bridge = dissectLeniently(dissectMqtt311, [
      up(hex('10 0d 0004 4d515454 84 02 003c 0001 61')),
    ])
    expect(bridge.frames[0]?.parts.find(({ label }) => label === 'Protocol Level')?.text).toBe(
      '4, of a bridge',
    )
    expect(bridge.remarks.map(({ clause }) => clause)).toEqual(['MQTT-3.1.2-2'])
    const older = dissectLeniently(dissectMqtt31, [
      up(hex('10 0f 0006 4d5149736470 03 02 003c 0001 61')),
    ])
    expect([older.frames.length, older.remarks, older.unread]).toEqual([1, [], 0])
  })

  it('reads on behind a property that is not defined', () => {
    const said = [up(CONNECT_5), down(hex('20 03 00 00 00')), up(hex('30 07 0001 61 02 7701 ff'))]
    const found = dissectLeniently(dissectMqtt5, said)
    expect(
      found.frames[2]?.parts.map(({ label, lengthBytes }) => [label, lengthBytes]),
    ).toContainEqual(['other properties', 2])
    expect(found.remarks.map(({ clause }) => clause)).toEqual(['MQTT 5.0 §2.2.2.2'])
  })
})

describe('a message that is sent again', () => {
  const messages = ({ frames }: ReturnType<typeof dissectLeniently>): number =>
    frames.filter(({ label, message }) => label === 'PUBLISH' && message !== 'continues').length

  it('is one message on one connection', () => {
    const said = [...opened, up(publish('32', 1)), up(publish('3a', 1)), down(hex('40020001'))]
    const found = dissectLeniently(dissectMqtt311, said)
    expect(messages(found)).toBe(1)
    expect(found.outcomes.map(({ verdict }) => verdict)).toEqual(['accepted', 'again'])
  })

  it('is one message across the connections of a kept session', () => {
    const memory = new Map<string, Set<string>>()
    const kept = {
      recall: (key: string, keep: boolean): Set<string> => {
        const set = (keep ? memory.get(key) : undefined) ?? new Set<string>()
        memory.set(key, set)
        return set
      },
    }
    const first = dissectLeniently(
      dissectMqtt311,
      [up(KEPT), down(hex('20020000')), up(publish('32', 7))],
      { memory: kept },
    )
    const second = dissectLeniently(
      dissectMqtt311,
      [up(KEPT), down(hex('20020100')), up(publish('3a', 7)), down(hex('40020007'))],
      { memory: kept },
    )
    expect([messages(first), messages(second)]).toEqual([1, 0])
    const third = dissectLeniently(
      dissectMqtt311,
      [up(KEPT), down(hex('20020100')), up(publish('3a', 7))],
      { memory: kept },
    )
    // Acknowledged in between: this copy is one whose original did not cross here.
    expect(messages(third)).toBe(1)
    expect(third.outcomes.map(({ verdict }) => verdict)).toEqual([
      'accepted',
      'unmatched',
      'unanswered',
    ])
  })

  it('is one message where the connection of its first copy is read later', () => {
    const memory = new KeptSessions()
    const labels: string[] = []
    const open = () =>
      dissectMqtt311({
        ...{ memory, unexplained: () => undefined, remark: () => undefined },
        frame: ({ label, message }) => labels.push(`${label} ${message ?? ''}`),
      })
    const [earlier, later] = [open(), open()]
    earlier.feed('up', KEPT)
    for (const bytes of [KEPT, publish('3a', 7)]) later.feed('up', bytes)
    later.feed('down', hex('20020100 40020007'))
    earlier.feed('up', publish('32', 7))
    // The identifier is free again: what comes on the next connection is another message.
    later.feed('up', publish('32', 7))
    expect(labels.filter((label) => label.startsWith('PUBLISH'))).toEqual([
      ...['PUBLISH ', 'PUBLISH continues', 'PUBLISH '],
    ])
  })
})
