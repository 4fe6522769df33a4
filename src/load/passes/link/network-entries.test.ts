import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Phase } from '../../../model/vocabulary.ts'
import type { LedgerEntry } from '../../../model/wire/ledger.ts'
import { sumLedger } from '../../../model/wire/ledger.ts'
import type { InterfaceCounters } from '../../../system/namespace/interface-counters.ts'
import { parseTcpTable } from '../../../system/namespace/tcp-table.ts'
import { apportion } from './apportion.ts'
import { leastLinkBytes, networkEntries } from './network-entries.ts'

const at = (up: [number, number], down: [number, number]): InterfaceCounters => ({
  sent: { packets: up[0], bytes: up[1] + 14 * up[0] },
  received: { packets: down[0], bytes: down[1] + 14 * down[0] },
})

const wire = (phase: Phase, up: number, down: number): LedgerEntry[] => [
  { phase, direction: 'up', layer: 'framing', bytes: up, basis: 'measured' },
  { phase, direction: 'down', layer: 'framing', bytes: down, basis: 'measured' },
]
const modelled = (phase: Phase, up: number, down: number): LedgerEntry[] =>
  wire(phase, up, down).map((entry) => ({ ...entry, layer: 'network', basis: 'modelled' }))

const START = at([7, 700], [5, 500])

describe('the network layer of a pass', () => {
  it('is what the packets hold above the stream, phase by phase, without Ethernet', () => {
    const connected = at([11, 700 + 241], [8, 500 + 168])
    const sent = at([13, 700 + 377], [9, 500 + 224])
    const readings = { before: START, connected, messages: [sent], keptAlive: sent, closed: sent }
    const ledger = [...wire('setup', 25, 4), ...wire('steady', 32, 4)]
    expect(networkEntries(readings, ledger)).toEqual([
      {
        phase: 'setup',
        direction: 'up',
        layer: 'network',
        bytes: 216,
        basis: 'measured',
        packets: 4,
      },
      {
        phase: 'setup',
        direction: 'down',
        layer: 'network',
        bytes: 164,
        basis: 'measured',
        packets: 3,
      },
      {
        phase: 'steady',
        direction: 'up',
        layer: 'network',
        bytes: 104,
        basis: 'measured',
        packets: 2,
      },
      {
        phase: 'steady',
        direction: 'down',
        layer: 'network',
        bytes: 52,
        basis: 'measured',
        packets: 1,
      },
    ])
  })

  it('is shared out as the model has it where messages open the connections', () => {
    const closed = at([12, 700 + 512 + 5], [10, 500 + 351])
    const readings = {
      ...{ before: START, connected: START },
      ...{ messages: [closed], keptAlive: closed, closed },
    }
    const ledger = [
      ...wire('steady', 249, 112),
      ...modelled('setup', 112, 60),
      ...modelled('steady', 104, 104),
      ...modelled('close', 52, 104),
    ]
    const network = networkEntries(readings, ledger)
    expect(sumLedger(network, { direction: 'up', layer: 'network' })).toBe(512 + 5 - 249)
    expect(sumLedger(network, { phase: 'setup', direction: 'up', layer: 'network' })).toBe(112)
    expect(sumLedger(network, { phase: 'close', direction: 'up', layer: 'network' })).toBe(52)
  })

  it('is not what remains of readings that were taken in the middle of a phase', () => {
    const sent = at([8, 700 + 52], [5, 500])
    const readings = {
      ...{ before: START, connected: START, messages: [sent], keptAlive: sent, closed: sent },
    }
    expect(() => networkEntries(readings, wire('steady', 32, 0))).toThrow(/1 packets up/)
  })

  it('of messages that open their connections has the one that took the fewest bytes', () => {
    const messages = [at([12, 1_200], [10, 900]), at([17, 1_700], [14, 1_290])]
    const [, last] = messages as [InterfaceCounters, InterfaceCounters]
    const readings = { before: START, connected: START, messages, keptAlive: last, closed: last }
    expect(leastLinkBytes(readings)).toBe(500 + 390)
    expect(leastLinkBytes({ ...readings, messages: [] })).toBeNull()
  })

  it('apportions to the last byte', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.array(fc.nat(1e4), { minLength: 1, maxLength: 4 }),
        (total, weights) => {
          const shares = apportion(total, weights)
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
          expect(shares.every((share) => Number.isInteger(share) && share >= 0)).toBe(true)
        },
      ),
    )
  })
})

describe('the table of TCP sockets', () => {
  it('has addresses, states and queues', () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 010200C0:9C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 010200C0:9C41 000200C0:A1F2 01 0000001E:00000004 01:00000015 00000000     0        0 2 2
`
    expect(parseTcpTable(text)).toMatchObject([
      { state: 'listening', localAddress: '192.0.2.1', remoteAddress: '0.0.0.0' },
      {
        ...{ state: 'established', localAddress: '192.0.2.1', remoteAddress: '192.0.2.0' },
        ...{ unacknowledgedBytes: 30, unreadBytes: 4 },
      },
    ])
  })
})
