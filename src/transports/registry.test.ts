import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../model/errors.ts'
import {
  listTransports,
  loadTransport,
  resolveForFlow,
  resolveTransports,
  TRANSPORT_IDS,
} from './registry.ts'
import type { TransportGroup } from './transport.ts'

describe('the registry', () => {
  it('lists every transport under its own id, in the order of tables', async () => {
    const listed = await listTransports()
    expect(listed.map(({ id }) => id)).toEqual(TRANSPORT_IDS)
  })

  it('puts each into the groups that its traits say', async () => {
    for (const { id, traits, groups } of await listTransports()) {
      const is = {
        all: true,
        http: traits.protocol.startsWith('http/'),
        mqtt: traits.protocol.startsWith('mqtt/'),
        tls: traits.secure,
        uplink: traits.flows.includes('uplink') && !groups.includes('controls'),
        downlink: traits.flows.includes('roundtrip') && !groups.includes('controls'),
      }
      for (const [group, belongs] of Object.entries(is)) {
        expect(`${id} ${group} ${groups.includes(group as TransportGroup)}`).toBe(
          `${id} ${group} ${belongs}`,
        )
      }
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

  it('leaves out what a group brings and the flow does not have', async () => {
    expect(await resolveForFlow(['http', 'default'], 'uplink')).not.toContain('sse')
    expect(await resolveForFlow(['http', 'default'], 'roundtrip')).toContain('sse')
    expect(await resolveForFlow(['http', 'default'], 'roundtrip')).not.toContain('http1')
  })

  it('keeps an id that was named, and all where none has the flow: their cells say why', async () => {
    expect(await resolveForFlow(['http', 'sse'], 'uplink')).toContain('sse')
    expect(await resolveForFlow(['sse'], 'uplink')).toEqual(['sse'])
    expect(await resolveForFlow(['http'], 'downlink')).toEqual(resolveTransports(['http']))
  })

  it.each([
    ['mqtt-qos3', 'mqtt-qos0'],
    ['htp', 'http'],
    ['control', 'controls'],
    ['toString', 'downlink'],
  ])('does not know %s and suggests %s', (name, nearest) => {
    expect(() => resolveTransports(['http1', name])).toThrow(
      expect.objectContaining({
        code: 'transport-not-found',
        exitCode: 2,
        message: expect.stringContaining(`"${name}" is no transport; did you mean ${nearest}?`),
      }),
    )
  })

  it('loads by id only', async () => {
    expect((await loadTransport('tcp')).id).toBe('tcp')
    await expect(loadTransport('default')).rejects.toThrow(InstrumentError)
  })
})
