import { describe, expect, it } from 'vitest'
import type { BaselineCell } from '../model/report/check/baseline.ts'
import { ZLIB } from '../model/report/check/version-bytes.ts'
import type { BytesResult, Cell } from '../model/report/report.ts'
import { allowancesBetween, compressionAllowance, withAllowances } from './version-allowances.ts'

const versions = (node: string, openssl: string, fetch: string) => ({
  ...{ node, openssl, 'undici (in Node, fetch)': fetch },
})
const NODE_20_19_0 = versions('20.19.0', '3.0.15+quic', '6.21.1')
const NODE_20 = versions('20.20.2', '3.0.19', '6.24.1')
const NODE_24 = versions('24.22.3', '3.5.9', '7.30.2')
const NODE_26 = versions('26.12.1', '3.5.9', '8.12.2')

const HTTPS1 = { protocol: 'http/1.1', client: 'fetch' } as Cell
const MQTTS = { protocol: 'mqtt/3.1.1', client: 'mqtt.js' } as Cell
const HTTP2 = { protocol: 'http/2', client: 'node:http2' } as Cell

const hello = (...extensions: string[]) => ({
  label: 'ClientHello',
  parts: extensions.map((label) => ({ label: `extension ${label}` })),
})
const bytes = (frames: readonly object[], connections = 1) =>
  ({ messages: 100, exchange: frames, roundTrips: { connections } }) as unknown as BytesResult
const TLS_1_3 = bytes([hello('supported_groups', 'supported_versions')])
const TLS_1_2 = bytes([hello('supported_groups')])
const CLEAR = bytes([{ label: 'request', parts: [] }])

const moved = (...given: Parameters<typeof allowancesBetween>): string[] =>
  allowancesBetween(...given).map(
    ({ phase, direction, layer, bytes: by }) => `${phase} ${direction} ${layer} ${by}`,
  )

describe('what versions are known to move', () => {
  it('is the SCSV of OpenSSL 3.0, once a handshake', () => {
    expect(moved(MQTTS, TLS_1_3, NODE_20, NODE_24)).toEqual(['setup up security -2'])
    expect(moved(MQTTS, TLS_1_3, NODE_26, NODE_20)).toEqual(['setup up security 2'])
    expect(moved(MQTTS, TLS_1_2, NODE_20, NODE_24)).toEqual(['setup up security 3'])
    const hundred = bytes([...TLS_1_3.exchange], 100)
    expect(moved(MQTTS, hundred, NODE_20, NODE_24)).toEqual(['setup up security -200'])
  })

  it('is what fetch of Node 26 asks for over TLS, once a message', () => {
    expect(moved(HTTPS1, TLS_1_3, NODE_24, NODE_26)).toEqual(['steady up framing 600'])
    expect(moved(HTTPS1, CLEAR, NODE_24, NODE_26)).toEqual([])
    expect(moved(MQTTS, TLS_1_3, NODE_24, NODE_26)).toEqual([])
  })

  it('is the second GOAWAY of Node 20.19.0, both ways', () => {
    expect(moved(HTTP2, TLS_1_3, NODE_20_19_0, NODE_20)).toEqual([
      'close up control -17',
      'close down control -17',
    ])
    expect(moved(HTTP2, CLEAR, NODE_20_19_0, NODE_20)).toEqual([])
  })

  it('is nothing between alike versions, in the clear, and where a version is not known', () => {
    expect(moved(MQTTS, TLS_1_3, NODE_20, NODE_20)).toEqual([])
    expect(moved(MQTTS, CLEAR, NODE_20, NODE_24)).toEqual([])
    expect(moved(MQTTS, TLS_1_3, {}, NODE_24)).toEqual([])
  })

  it('moves the figures of a baseline, and leaves it as it is', () => {
    const was = {
      messages: 100,
      'setup up': { layers: { security: 301, control: 25 }, frames: [] },
    }
    const moving = allowancesBetween(MQTTS, TLS_1_3, NODE_20, NODE_24)
    expect(withAllowances(was, moving)['setup up']?.layers).toEqual({ security: 299, control: 25 })
    expect(was['setup up'].layers.security).toBe(301)
  })
})

describe('a payload that another zlib made', () => {
  const gzip = { compression: 'gzip' } as Cell
  const was = {
    messages: 1,
    'steady up': { layers: { payload: 1_000 }, frames: [] },
  } as BaselineCell
  const sent = (payload: number) =>
    ({
      ledger: [
        {
          ...{ phase: 'steady', direction: 'up', layer: 'payload' },
          ...{ bytes: payload, basis: 'measured' },
        },
      ],
    }) as unknown as BytesResult
  const allowed = (cell: Cell, payload: number, now = '1.3.2') =>
    compressionAllowance(cell, sent(payload), was, { [ZLIB]: '1.3.1' }, { [ZLIB]: now }).map(
      ({ bytes: by }) => by,
    )

  it('may differ by one in a hundred, and by nothing within one version', () => {
    expect(allowed(gzip, 1_010)).toEqual([10])
    expect(allowed(gzip, 990)).toEqual([-10])
    expect(allowed(gzip, 1_011)).toEqual([])
    expect(allowed(gzip, 1_010, '1.3.1')).toEqual([])
    expect(allowed({} as Cell, 1_010)).toEqual([])
  })
})
