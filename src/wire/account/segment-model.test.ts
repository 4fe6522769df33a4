import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Direction, Layer, Phase, Protocol } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { LINUX_RULES, type SegmentRules } from './connection-packets.ts'
import { type Pace, SegmentModel } from './segment-model.ts'

/** `up 32!`: a frame of 32 bytes up, with a payload. */
function frames(phase: Phase, text: string): Frame[] {
  return text.split(', ').map((word) => {
    const [direction, size = ''] = word.split(' ') as [Direction, string]
    const lengthBytes = Number.parseInt(size, 10)
    const layer: Layer = size.endsWith('!') ? 'payload' : 'acknowledgement'
    const parts = [{ layer, label: 'all', lengthBytes }]
    return { direction, phase, label: 'a frame', clause: '', offset: 0, lengthBytes, parts }
  })
}

function networkOf(
  conversation: Frame[][],
  pace: Pace,
  protocol: Protocol = 'mqtt/3.1.1',
  rules: SegmentRules = LINUX_RULES,
) {
  const model = new SegmentModel(protocol, rules)
  model.open(1)
  for (const frame of conversation.flat()) model.add(frame, 1)
  const ledger = model.entries(pace)
  expect(ledger.every(({ basis, layer }) => basis === 'modelled' && layer === 'network')).toBe(true)
  return (phase: Phase) =>
    (['up', 'down'] as const).map((direction) =>
      sumLedger(ledger, { phase, direction, layer: 'network' }),
    )
}

const CONNECT = frames('setup', 'up 25, down 4')
const DISCONNECT = frames('close', 'up 2')

describe('the model of TCP segments', () => {
  it('opens with SYN, SYN-ACK and ACK, and closes with FIN from both sides', () => {
    const network = networkOf([], 'own-time')
    expect(network('setup')).toEqual([60 + 52, 60])
    expect(network('close')).toEqual([2 * 52, 52])
  })

  it('has the pure acknowledgements of a set-up, after which a server answers with them', () => {
    const network = networkOf([CONNECT, DISCONNECT], 'own-time')
    // SYN, ACK, CONNECT, ACK; SYN-ACK, ACK, CONNACK.
    expect(network('setup')).toEqual([60 + 3 * 52, 60 + 2 * 52])
    // DISCONNECT, FIN, ACK; FIN.
    expect(network('close')).toEqual([3 * 52, 52])
  })

  it.each([
    ['QoS 0, one pure acknowledgement', 'up 30!', [1, 1]],
    ['QoS 1, whose PUBACK acknowledges and is acknowledged alone', 'up 32!, down 4', [2, 1]],
    ['QoS 2, whose PUBREC is acknowledged at once', 'up 32!, down 4, up 4, down 4', [4, 2]],
    ['a large message: every second segment acknowledged at once', 'up 14480!, down 4', [11, 6]],
  ])('%s', (_, message, packets) => {
    const network = networkOf([CONNECT, frames('steady', message), DISCONNECT], 'own-time')
    expect(network('steady')).toEqual(packets.map((count) => count * 52))
  })

  it('lets every message begin in its own time, or travel with the acknowledgement before it', () => {
    const two = [frames('steady', 'up 347!, down 112'), frames('steady', 'up 347!, down 112')]
    // The first is acknowledged as it is read: that server has not answered anything yet.
    expect(networkOf(two, 'own-time', 'http/1.1')('steady')).toEqual([4 * 52, 3 * 52])
    expect(networkOf(two, 'back-to-back', 'http/1.1')('steady')).toEqual([3 * 52, 3 * 52])
  })

  it.each(['own-time', 'back-to-back', 'own-connection'] as const)(
    'counts messages that are alike as if it kept each, %s',
    (pace) => {
      const message = fc.constantFrom(
        'up 32!, down 4',
        'up 33!, down 4',
        'up 30!',
        'down 40!, up 4',
      )
      fc.assert(
        fc.property(fc.array(fc.tuple(message, fc.integer({ min: 1, max: 5 }))), (runs) => {
          const said = runs.flatMap(([text, times]) =>
            Array.from({ length: times }, () => frames('steady', text)),
          )
          // No two rounds of it are the same: what differs is none of what the model tells apart by.
          const told = said.map((round, place) =>
            round.map((frame) => ({ ...frame, label: `frame ${place}` })),
          )
          const network = networkOf([CONNECT, ...said, DISCONNECT], pace)
          const ofEach = networkOf([CONNECT, ...told, DISCONNECT], pace)
          for (const phase of ['setup', 'steady', 'close'] as const)
            expect(network(phase)).toEqual(ofEach(phase))
        }),
        { numRuns: 50 },
      )
    },
  )

  it('does not let what ends the set-up late be of the first message', () => {
    const late = [...frames('steady', 'up 30!'), ...frames('setup', 'down 510')]
    const handshake = frames('setup', 'up 517, down 800, up 80')
    const network = networkOf([handshake, late, DISCONNECT], 'own-time')
    expect(network('steady')).toEqual([52, 52])
  })

  it('knows that an attachment of Socket.IO is a write of its own', () => {
    const event: Frame = {
      ...(frames('steady', 'up 77!')[0] as Frame),
      parts: [
        { layer: 'framing', label: 'type', lengthBytes: 63 },
        { layer: 'payload', label: 'attachment', lengthBytes: 14 },
      ],
    }
    const open = frames('setup', 'up 100, down 100')
    const network = networkOf(
      [open, [event, ...frames('steady', 'down 7')]],
      'own-time',
      'socket.io',
    )
    expect(network('steady')).toEqual([3 * 52, 2 * 52])
  })

  const named = (frame: string, label: string, layer: Layer = 'security'): Frame[] =>
    frames(label === 'NewSessionTicket' ? 'setup' : 'close', frame).map((each) => ({
      ...each,
      label,
      parts: each.parts.map((part) => ({ ...part, layer })),
    }))

  it.each(['own-time', 'own-connection'] as const)(
    'has the same packets wherever tickets and goodbyes crossed the other side, %s',
    (pace) => {
      const ticket = named('down 287', 'NewSessionTicket')
      const goodbye = named('down 24', 'close_notify')
      const said = [
        ...[...frames('setup', 'up 517, down 256, up 80'), ...frames('setup', 'up 46')],
        ...[...frames('setup', 'down 26'), ...frames('steady', 'up 98!, down 26')],
        ...[...named('up 24', 'DISCONNECT', 'control'), ...named('up 24', 'close_notify')],
      ]
      const canonical = [...said.toSpliced(4, 0, ...ticket, ...ticket), ...goodbye]
      const ofCanonical = networkOf([canonical], pace)
      fc.assert(
        fc.property(fc.nat(1), fc.nat(1), (early, late) => {
          const seen = said.toSpliced(4 - early, 0, ...ticket, ...ticket)
          seen.splice(seen.length - late, 0, ...goodbye)
          const network = networkOf([seen], pace)
          for (const phase of ['setup', 'steady', 'close'] as const)
            expect(network(phase)).toEqual(ofCanonical(phase))
        }),
      )
    },
  )

  it('leaves out pure acknowledgements, or time stamps, by name', () => {
    const said = [CONNECT, frames('steady', 'up 30!'), DISCONNECT]
    const pureAcknowledgements = 'left-out'
    const without = networkOf(said, 'own-time', undefined, { ...LINUX_RULES, pureAcknowledgements })
    expect(without('setup')).toEqual([60 + 52, 60 + 52])
    expect(without('steady')).toEqual([52, 0])
    const rules = { ...LINUX_RULES, timeStamps: 'left-out' } as const
    const short = networkOf(said, 'own-time', undefined, rules)
    expect(short('setup')).toEqual([52 + 3 * 40, 52 + 2 * 40])
    expect(short('steady')).toEqual([40, 40])
  })

  it.each([
    ['a write with its head', undefined, 'http/1.1', [52, 52]],
    ['a write of its own, by name', 'apart', 'http/1.1', [2 * 52, 52]],
  ] as const)('has the content of a request as %s', (_what, httpContent, protocol, expected) => {
    const framing = { layer: 'framing', label: 'headers', lengthBytes: 210 } as const
    const content = { layer: 'payload', label: 'content', lengthBytes: 22 } as const
    const request = frames('steady', 'up 232').map((frame) => ({
      ...{ ...frame, label: 'request', parts: [framing, content] },
    }))
    const rules = { ...LINUX_RULES, pureAcknowledgements: 'left-out', httpContent } as const
    const said = [request, frames('steady', 'down 239')]
    expect(networkOf(said, 'own-time', protocol, rules)('steady')).toEqual(expected)
  })

  it('says in how many packets', () => {
    const model = new SegmentModel('mqtt/3.1.1')
    model.open(1)
    for (const frame of [...CONNECT, ...frames('steady', 'up 14480!')]) model.add(frame, 1)
    const packets = model.entries('own-time').map((entry) => entry.packets)
    // SYN, ACK, CONNECT, ACK; SYN-ACK, ACK, CONNACK; ten segments, and five acknowledgements.
    expect(packets.slice(0, 4)).toEqual([4, 3, 10, 5])
  })

  describe('where TLS and the application speak one after the other', () => {
    const NAMES: Readonly<Record<string, string>> = {
      'setup down 574': 'NewSessionTicket',
      'close down 24': 'close_notify',
      'close up 24': 'close_notify',
    }
    const tls = (phase: Phase, text: string): Frame[] =>
      frames(phase, text).map((frame) => ({
        ...frame,
        label: NAMES[`${phase} ${frame.direction} ${frame.lengthBytes}`] ?? frame.label,
        parts: [{ layer: 'security', label: 'all', lengthBytes: frame.lengthBytes }],
      }))
    const handshake = tls('setup', 'up 502, down 241, up 80')
    const tickets = tls('setup', 'down 574')
    const [goodbye, farewell] = [tls('close', 'up 24'), tls('close', 'down 24')]
    const connect = [frames('setup', 'up 47'), frames('setup', 'down 26')] as const
    const message = [frames('steady', 'up 54!'), frames('steady', 'down 26')] as const
    const disconnect = frames('close', 'up 24')

    it('has CONNECT leave with the end of the handshake', () => {
      const network = networkOf(
        [handshake, ...connect, ...message, disconnect, goodbye, farewell],
        'own-connection',
      )
      // SYN, ACK, hello, ACK, Finished with CONNECT; SYN-ACK, ACK, hello, CONNACK.
      expect(network('setup')).toEqual([60 + 4 * 52, 60 + 3 * 52])
      expect(network('steady')).toEqual([52, 52])
      // DISCONNECT, close_notify, FIN, ACK; ACK, close_notify, FIN.
      expect(network('close')).toEqual([4 * 52, 3 * 52])
    })

    it.each([
      ['tickets', [tickets, ...connect], [farewell, goodbye]],
      ['CONNECT', [connect[0], tickets, connect[1]], [goodbye, farewell]],
    ])('has the same bytes whether %s are seen first', (_, opening, goodbyes) => {
      const network = networkOf(
        [handshake, ...opening, ...message, disconnect, ...goodbyes],
        'own-connection',
      )
      expect(network('setup')).toEqual([60 + 5 * 52, 60 + 4 * 52])
      expect(network('close')).toEqual([4 * 52, 3 * 52])
    })

    it('has the first request of HTTP/1.1 take the end of the handshake along, and the answer the tickets', () => {
      const parts = [
        { layer: 'framing', label: 'Connection', lengthBytes: 26, text: 'close' },
      ] as const
      const last: Frame = { ...(message[1][0] as Frame), label: 'response', parts: [...parts] }
      const network = networkOf(
        [handshake, message[0], tickets, [last], farewell, goodbye],
        'own-connection',
        'http/1.1',
      )
      expect(network('setup')).toEqual([60 + 3 * 52, 60 + 2 * 52])
      expect(network('steady')).toEqual([52, 52])
      // ACK of two segments, close_notify, FIN; close_notify, FIN, ACK.
      expect(network('close')).toEqual([3 * 52, 3 * 52])
    })
  })
})
