import { expect } from 'vitest'
import { sumLedger } from '../../src/model/wire/ledger.ts'
import type { Case, Counts } from './case.ts'

/** So many POSTs of 11 bytes and their answers, with something odd about them. */
const posts = (file: string, what: string, count: number, noted: Counts): Case => ({
  ...{ file, what },
  connections: [
    {
      protocol: 'http/1.1',
      up: { request: count },
      down: { response: count },
      messages: { up: count, down: 0 },
      noted,
    },
  ],
  also: ({ connections: [connection] }) => {
    expect(sumLedger(connection?.ledger ?? [], { layer: 'payload' })).toBe(count * 11)
  },
})

const UNKNOWN_REQUEST =
  'a response, and what it answers was not read: whether it brings a message is not known'

/** HTTP/1 as a recipient may read it. */
export const HTTP_CASES: readonly Case[] = [
  {
    file: 'capture-03-keepalive-first.pcap',
    what: 'a keep-alive probe before the first segment: no byte of the stream',
    connections: [
      {
        protocol: 'http/1.1',
        beginning: 'joined',
        up: { request: 1 },
        down: { response: 1 },
        messages: { up: 0, down: 1 },
      },
    ],
    also: ({ connections: [connection] }) => {
      const stream = connection?.ledger.filter(({ layer }) => layer !== 'network') ?? []
      expect(sumLedger(stream)).toBe(76)
    },
  },
  {
    file: 'capture-20-http-crlf-after-body.pcap',
    what: 'CRLF behind two bodies: framing, and no request',
    connections: [
      {
        protocol: 'http/1.1',
        up: { request: 3, 'empty line': 2 },
        down: { response: 3 },
        messages: { up: 3, down: 0 },
        noted: { 'RFC 9112 §2.2': 2 },
      },
    ],
    also: ({ connections: [connection] }) => {
      const ledger = connection?.ledger ?? []
      expect(sumLedger(ledger, { direction: 'up', layer: 'payload' })).toBe(33)
      expect(sumLedger(ledger, { direction: 'up', layer: 'framing' })).toBe(3 * 57 + 2 * 2)
    },
  },
  posts('capture-21-http-space-before-colon.pcap', 'a space before a colon', 2, {
    'RFC 9112 §5.1': 1,
  }),
  posts('capture-22-http-bare-lf.pcap', 'a request whose lines end in LF', 1, {
    'RFC 9112 §2.2': 4,
  }),
  posts('capture-23-http-bare-lf-response.pcap', 'a response whose lines end in LF', 1, {
    'RFC 9112 §2.2': 3,
  }),
  posts('capture-24-http-obs-fold.pcap', 'a folded header line', 2, { 'RFC 9112 §5.2': 1 }),
  posts('capture-25-http-te-and-cl.pcap', 'both lengths: chunked counts', 2, {
    'RFC 9112 §6.3, item 3': 1,
  }),
  {
    file: 'capture-27-http-408-unasked.pcap',
    what: 'a 408 that nobody asked for, at the end of a kept connection',
    connections: [
      {
        protocol: 'http/1.1',
        up: { request: 1 },
        down: { response: 2 },
        messages: { up: 1, down: 0 },
        noted: { 'RFC 9110 §15.5.9': 1 },
      },
    ],
    also: ({ connections: [connection] }) => {
      const close = { phase: 'close', layer: 'control' } as const
      expect(sumLedger(connection?.ledger ?? [], close)).toBe(70)
    },
  },
  posts('capture-29-http-status-without-space.pcap', 'a status without space and reason', 1, {
    'RFC 9112 §4': 1,
  }),
  {
    file: 'capture-30-http-response-unfinished.pcap',
    what: 'the capture ends in a response: its head is read, the body so far counts',
    connections: [
      {
        protocol: 'http/1.1',
        up: { request: 1 },
        down: { 'unfinished response': 1 },
        messages: { up: 0, down: 1 },
        noted: { 'RFC 9112 §8': 1 },
      },
    ],
    also: ({ connections: [connection] }) => {
      expect(sumLedger(connection?.ledger ?? [], { layer: 'payload' })).toBe(1000)
    },
  },
  {
    file: 'capture-32-http-responses-only.pcap',
    what: 'one direction was captured: what the response answers is not known',
    connections: [
      {
        protocol: 'http/1.1',
        up: {},
        down: { response: 1 },
        messages: { up: 0, down: 0 },
        noted: { [UNKNOWN_REQUEST]: 1 },
      },
    ],
  },
]
