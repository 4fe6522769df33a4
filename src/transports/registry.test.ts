import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../model/errors.ts'
import { listTransports, loadTransport, resolveTransports, TRANSPORT_IDS } from './registry.ts'

const ALL = [
  'http1',
  'http1-bare',
  'http1-replay',
  'mqtt-qos0',
  'mqtt-qos1',
  'mqtt-qos2',
  'mqtt-qos1-bare',
  'mqtt5-qos0',
  'mqtt5-qos1',
  'mqtt5-qos2',
  'mqtt5-alias-qos0',
  'mqtt5-alias-qos1',
  'tcp',
  'memory',
]

describe('the registry', () => {
  it('lists every transport in the order of tables, with what each is', async () => {
    expect(TRANSPORT_IDS).toEqual(ALL)
    const listed = await listTransports()
    expect(listed.map(({ id }) => id)).toEqual(ALL)
    expect(
      listed.map(({ traits }) => `${traits.client} ${traits.protocol} ${traits.completion}`),
    ).toEqual([
      'fetch http/1.1 answered',
      'bare http/1.1 answered',
      'bare http/1.1 answered',
      'mqtt.js mqtt/3.1.1 flushed',
      'mqtt.js mqtt/3.1.1 acknowledged',
      'mqtt.js mqtt/3.1.1 exactly-once',
      'bare mqtt/3.1.1 acknowledged',
      'mqtt.js mqtt/5.0 flushed',
      'mqtt.js mqtt/5.0 acknowledged',
      'mqtt.js mqtt/5.0 exactly-once',
      'mqtt.js mqtt/5.0 flushed',
      'mqtt.js mqtt/5.0 acknowledged',
      'bare length-prefixed answered',
      'bare none answered',
    ])
    expect(listed[0]?.groups).toEqual(['default', 'http', 'all'])
  })

  it.each([
    [['default'], ['http1', 'mqtt-qos0', 'mqtt-qos1']],
    [['http'], ['http1', 'http1-bare', 'http1-replay']],
    [
      ['mqtt'],
      [
        'mqtt-qos0',
        'mqtt-qos1',
        'mqtt-qos2',
        'mqtt-qos1-bare',
        'mqtt5-qos0',
        'mqtt5-qos1',
        'mqtt5-qos2',
        'mqtt5-alias-qos0',
        'mqtt5-alias-qos1',
      ],
    ],
    [['controls'], ['tcp', 'memory']],
    [['all'], ALL],
    [
      ['memory', 'mqtt-qos1', 'default', 'mqtt-qos1'],
      ['http1', 'mqtt-qos0', 'mqtt-qos1', 'memory'],
    ],
    [[], []],
  ])('resolves %j', (selectors, expected) => {
    expect(resolveTransports(selectors)).toEqual(expected)
  })

  it.each([
    ['mqtt-qos3', 'mqtt-qos0'],
    ['htp', 'http'],
    ['control', 'controls'],
    ['toString', 'controls'],
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
