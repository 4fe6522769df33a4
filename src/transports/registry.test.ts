import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../model/errors.ts'
import { packageRoot } from '../package-root.ts'
import {
  listTransports,
  loadTransport,
  resolveForFlow,
  resolveTransports,
  TRANSPORT_IDS,
} from './registry.ts'
import { findTransports, renderRegistry } from './registry-text.ts'

describe('the registry', () => {
  it('is what the transports say of themselves; `npm run registry` writes it anew', async () => {
    const written = join(packageRoot, 'src', 'transports', 'registry-index.ts')
    expect(await readFile(written, 'utf8')).toBe(renderRegistry(await findTransports()))
  })

  it('loads each by its id, and lists it without loading it', async () => {
    expect(listTransports().map(({ id }) => id)).toEqual(TRANSPORT_IDS)
    for (const { id, title, traits } of listTransports()) {
      expect(await loadTransport(id)).toMatchObject({ id, title, traits })
    }
  })

  it.each([
    ['http1', ['default', 'http', 'uplink', 'all']],
    ['http2', ['http', 'tls', 'uplink', 'all']],
    ['mqtt-qos1', ['default', 'mqtt', 'uplink', 'downlink', 'all']],
    ['mqtt-wss-qos1', ['mqtt', 'tls', 'uplink', 'all']],
    ['coap-observe', ['downlink', 'all']],
    ['tcp', ['controls', 'all']],
  ])('puts %s into %j', (id, groups) => {
    expect(listTransports().find((each) => each.id === id)?.groups).toEqual(groups)
  })

  it('takes as a counterpart only what there is, with the same client', () => {
    const clients = new Map(listTransports().map(({ id, traits }) => [id, traits.client]))
    for (const { id, traits, counterpartOf } of listTransports()) {
      if (counterpartOf !== undefined) expect(clients.get(counterpartOf), id).toBe(traits.client)
    }
  })

  it.each([
    [['default'], ['http1', 'mqtt-qos0', 'mqtt-qos1']],
    [['controls'], ['tcp', 'memory']],
    [['all'], TRANSPORT_IDS],
    [
      ['memory', 'mqtt-qos1', 'default', 'mqtt-qos1'],
      ['http1', 'mqtt-qos0', 'mqtt-qos1', 'memory'],
    ],
    [[], []],
  ])('resolves %j', (selectors, expected) => {
    expect(resolveTransports(selectors)).toEqual(expected)
  })

  it('leaves out what a group brings and the flow does not have', () => {
    expect(resolveForFlow(['http', 'default'], 'uplink')).not.toContain('sse')
    expect(resolveForFlow(['http', 'default'], 'roundtrip')).toContain('sse')
    expect(resolveForFlow(['http', 'default'], 'roundtrip')).not.toContain('http1')
  })

  it('keeps an id that was named, and all where none has the flow: their cells say why', () => {
    expect(resolveForFlow(['http', 'sse'], 'uplink')).toContain('sse')
    expect(resolveForFlow(['sse'], 'uplink')).toEqual(['sse'])
    expect(resolveForFlow(['controls'], 'roundtrip')).toEqual(resolveTransports(['controls']))
  })

  it.each([
    ['mqtt-qos3', ' did you mean mqtt-qos0 or mqtt-qos1 or mqtt-qos2?'],
    ['mqts-qos1', ' did you mean mqtts-qos1?'],
    ['htp', ' did you mean http?'],
    ['control', ' did you mean controls?'],
    ['toString', ''],
  ])('does not know %s and suggests%s', (name, meant) => {
    expect(() => resolveTransports(['http1', name])).toThrow(
      expect.objectContaining({
        code: 'transport-not-found',
        exitCode: 2,
        message: `"${name}" is no transport;${meant} see npx mqtt-vs-http list transports`,
      }),
    )
  })

  it('loads by id only', async () => {
    expect((await loadTransport('tcp')).id).toBe('tcp')
    await expect(loadTransport('default')).rejects.toThrow(InstrumentError)
  })
})
