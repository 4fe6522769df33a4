import type { Case } from './case.ts'

/** Links, tunnels, fragments, and what packets alone can be odd in. */
export const LINK_CASES: readonly Case[] = [
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
]
