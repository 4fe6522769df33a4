import { expect } from 'vitest'
import type { Case } from './case.ts'

/** TLS, WebSocket and CoAP. */
export const STREAM_CASES: readonly Case[] = [
  {
    file: 'capture-40-ws-permessage-deflate.pcap',
    what: 'compressed messages',
    connections: [
      {
        protocol: 'websocket',
        up: { 'upgrade request': 1 },
        down: { 'upgrade response': 1, message: 3 },
        messages: { up: 0, down: 3 },
      },
    ],
    also: ({ connections }) => {
      const payload = connections[0]?.ledger.filter(({ layer }) => layer === 'payload')
      expect(payload?.map(({ direction, bytes }) => [direction, bytes])).toEqual([['down', 21]])
    },
  },
  {
    file: 'capture-50-tls-began-before.pcap',
    what: 'TLS that was open before',
    connections: [
      {
        protocol: null,
        tls: 'closed',
        beginning: 'joined',
        up: { 'application data record': 1 },
        down: { 'application data record': 1 },
        messages: null,
        // What is inside is not known.
        unreadBytes: 56,
      },
    ],
  },
]
