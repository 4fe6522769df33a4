import { expect } from 'vitest'
import type { CaptureLedger } from '../../src/model/report/tap/captured.ts'
import { sumLedger } from '../../src/model/wire/ledger.ts'
import type { Case, ExpectedConnection } from './case.ts'

/** CONNECT, CONNACK, PUBLISH and PUBACK: 56 bytes in 11 packets, whatever they travel in. */
const FOUR_PACKETS: ExpectedConnection = {
  protocol: 'mqtt/3.1.1',
  up: { CONNECT: 1, PUBLISH: 1 },
  down: { CONNACK: 1, PUBACK: 1 },
  messages: { up: 1, down: 0 },
}
/** Headers of IP and TCP, without options. */
const BARE_HEADERS = 11 * 40

/** The headers of what they travel in are `network`. */
const travelling = (file: string, what: string, networkBytes: number): Case => ({
  ...{ file, what },
  connections: [FOUR_PACKETS],
  tshark: 'mqtt',
  also: ({ connections, remarks }: CaptureLedger) => {
    expect(remarks).toEqual([])
    const [ledger = []] = connections.map((one) => one.ledger)
    expect([sumLedger(ledger), sumLedger(ledger, { layer: 'network' })]).toEqual([56, networkBytes])
  },
})

/** Links, tunnels, fragments, and what packets alone can be odd in. */
export const LINK_CASES: readonly Case[] = [
  travelling('capture-09-pppoe.pcap', 'PPPoE, 8 bytes a packet', BARE_HEADERS + 11 * 8),
  travelling('capture-10-mpls.pcap', 'MPLS, a label', BARE_HEADERS + 11 * 4),
  travelling('capture-11-gre.pcap', 'GRE, over IPv4', BARE_HEADERS + 11 * 24),
  travelling('capture-12-vxlan.pcap', 'VXLAN, over IPv4', BARE_HEADERS + 11 * 50),
  travelling('capture-14-ppp.pcap', 'PPP, which is the link', BARE_HEADERS),
  travelling('capture-16-ip-fragments.pcap', 'two IP fragments', BARE_HEADERS + 20),
  {
    file: 'capture-51-total-length-0-and-snaplen.pcap',
    what: 'a packet that the network card was still to cut, and of which 74 bytes were kept',
    connections: [
      {
        protocol: 'mqtt/3.1.1',
        up: { CONNECT: 1, PUBLISH: 1 },
        down: { CONNACK: 1 },
        messages: { up: 1, down: 0 },
        unreadBytes: 3019 - 74,
      },
    ],
    also: ({ connections: [connection] }) => {
      expect(sumLedger(connection?.ledger ?? [])).toBe(3042 - (3019 - 74))
      expect(connection?.unread[0]?.reason).toBe('left out of the packets when they were captured')
    },
  },
  {
    file: 'capture-54-plain.pcap',
    what: 'MQTT, for comparison with what is compressed',
    connections: [
      {
        protocol: 'mqtt/3.1.1',
        up: { CONNECT: 1, PUBLISH: 1 },
        down: { CONNACK: 1 },
        messages: { up: 1, down: 0 },
      },
    ],
    tshark: 'mqtt',
  },
  { file: 'capture-55-no-packets.pcap', what: 'no packet', connections: [] },
  {
    file: 'capture-57-every-packet-twice.pcap',
    what: 'each packet was captured twice',
    connections: [
      {
        protocol: 'mqtt/3.1.1',
        up: { CONNECT: 1, PUBLISH: 1 },
        down: { CONNACK: 1 },
        messages: { up: 1, down: 0 },
        noted: { 'RFC 6864 §4': 9 },
      },
    ],
    also: ({ connections: [connection] }) => {
      expect(connection).toMatchObject({
        ...{ packets: { up: 5, down: 4 }, repeatedBytes: { up: 0, down: 0 } },
      })
      expect(sumLedger(connection?.ledger ?? [], { layer: 'network' })).toBe(9 * 40)
    },
  },
  {
    file: 'capture-58-coap.pcap',
    what: 'CoAP: the ledger is that of `coap-con`',
    connections: [
      { protocol: 'coap', up: { POST: 1 }, down: { response: 1 }, messages: { up: 1, down: 0 } },
    ],
    also: ({ connections: [connection] }) => {
      const sums = (['payload', 'framing', 'acknowledgement', 'network'] as const).map((layer) =>
        sumLedger(connection?.ledger ?? [], { phase: 'steady', layer }),
      )
      expect(sums).toEqual([2, 14, 8, 2 * 28])
    },
  },
]
