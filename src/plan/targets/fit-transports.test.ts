import { describe, expect, it } from 'vitest'
import type { Flow } from '../../model/vocabulary.ts'
import { listTransports } from '../../transports/registry.ts'
import { type Fit, type FittedTransport, fitTransport, schemeOf } from './fit-transports.ts'

const known: readonly FittedTransport[] = listTransports()

const fitOf = (id: string, scheme: string, flow: Flow = 'uplink'): Fit =>
  fitTransport(known.find((each) => each.id === id) as FittedTransport, scheme, flow, known)

describe('a transport and the scheme of a URL', () => {
  it.each([
    ['http:', ['http1', 'http1-close', 'http1-bare', 'http1-replay', 'h2c']],
    ['https:', ['https1', 'https1-close', 'https1-resumed', 'https1-wake', 'http2']],
    [
      'mqtts:',
      [
        ...['mqtts-qos0', 'mqtts-qos1', 'mqtts-qos2', 'mqtts-close', 'mqtts-resumed', 'mqtts-wake'],
        ...['mqtts5-qos0', 'mqtts5-qos1', 'mqtts5-qos2', 'mqtts5-close', 'mqtts5-resumed'],
      ],
    ],
    ['ws:', ['mqtt-ws-qos1', 'mqtt5-ws-qos1']],
    ['wss:', ['mqtt-wss-qos1', 'mqtt5-wss-qos1']],
  ])('%s', (scheme, ids) => {
    const own = known.filter(
      ({ traits }) => schemeOf(traits) === scheme && traits.flows.includes('uplink'),
    )
    expect(own.map(({ id }) => id)).toEqual(ids)
    for (const id of ids) expect(fitOf(id, scheme)).toEqual({ kind: 'fits' })
  })

  it.each([
    ['http1', 'https:', 'https1'],
    ['h2c', 'https:', 'http2'],
    ['http2', 'http:', 'h2c'],
    ['mqtt-qos2', 'mqtts:', 'mqtts-qos2'],
    ['mqtt-qos1', 'wss:', 'mqtt-wss-qos1'],
    ['mqtts-qos1', 'mqtt:', 'mqtt-qos1'],
    ['mqtt5-qos1', 'mqtts:', 'mqtts5-qos1'],
    ['mqtt5-qos1', 'ws:', 'mqtt5-ws-qos1'],
    ['mqtts5-qos1', 'wss:', 'mqtt5-wss-qos1'],
  ])('%s stands for %s by its counterpart', (id, scheme, by) => {
    expect(fitOf(id, scheme)).toMatchObject({ kind: 'replaced', by })
  })

  it.each([
    ['mqtt-qos0', 'ws:'],
    ['mqtt5-alias-qos1', 'mqtts:'],
    ['http1-bare', 'https:'],
    ['https1-resumed', 'http:'],
  ])('%s does not fit %s, and nothing does the same', (id, scheme) => {
    expect(fitOf(id, scheme)).toMatchObject({ kind: 'unfit' })
  })

  it('does not matter where the endpoint is always our own', () => {
    for (const id of ['tcp', 'memory', 'websocket', 'socketio', 'coap-con']) {
      expect(fitOf(id, 'https:')).toEqual({ kind: 'fits' })
    }
  })

  it('is not enough for HTTP in other flows than the uplink', () => {
    expect(fitOf('http-long-poll', 'http:', 'roundtrip')).toMatchObject({ kind: 'unfit' })
    expect(fitOf('mqtt-qos1', 'mqtt:', 'roundtrip')).toEqual({ kind: 'fits' })
  })
})
