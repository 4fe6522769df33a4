import { describe, expect, it } from 'vitest'
import { type ScenarioInput, scenarioSchema } from '../src/model/scenario/scenario.ts'
import type { Direction, Layer, Phase } from '../src/model/vocabulary.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { measureHere } from './support/byte-pass.ts'
import { hasTool } from './support/command.ts'

/*
 * What a device says of itself, added up by hand from the clauses, as the
 * difference to a device that says nothing: in its phase and layer, and nowhere else.
 */

const MESSAGES = 3
const TOKEN = { length: 300 }

const scenarioOf = (more: Partial<ScenarioInput> = {}) =>
  scenarioSchema.parse({
    ...{ name: 'identity', title: 'identity', messages: MESSAGES },
    payload: { text: '{ "temp": 25 }' },
    ...more,
  })

type Place = `${Phase} ${Direction} ${Layer}`

/** Bytes more than without, by phase, direction and layer; where there are none it is left out. */
async function costOf(transport: string, more: Partial<ScenarioInput>, options = {}) {
  const places = async (scenario: ReturnType<typeof scenarioOf>) => {
    const { bytes, failure, counts } = await measureHere(transport, scenario, options)
    expect([failure, counts.delivered]).toEqual([null, MESSAGES])
    const ledger = (bytes?.ledger ?? []).filter(({ layer }) => layer !== 'network')
    const found = new Map<Place, number>()
    for (const { phase, direction, layer, bytes: count } of ledger) {
      const place: Place = `${phase} ${direction} ${layer}`
      found.set(place, (found.get(place) ?? 0) + count)
    }
    return { found, shown: JSON.stringify(bytes?.exchange), ledger }
  }
  const without = await places(scenarioOf())
  const { found, shown, ledger } = await places(scenarioOf(more))
  const cost: Partial<Record<Place, number>> = {}
  for (const place of new Set([...without.found.keys(), ...found.keys()])) {
    const bytes = (found.get(place) ?? 0) - (without.found.get(place) ?? 0)
    if (bytes !== 0) cost[place] = bytes
  }
  expect(sumLedger(ledger, { layer: 'payload' })).toBe(MESSAGES * 14)
  return { cost, shown }
}

/** [MQTT-1.5.3]: a string or binary data has two bytes of length before it. */
const field = (lengthBytes: number): number => 2 + lengthBytes

describe('in CONNECT, once a connection', () => {
  const mqtt = { username: 'device', password: TOKEN, will: { topic: 'gone', payload: 'x' } }
  // §3.1.3.2 to §3.1.3.5; the Remaining Length of more than 127 takes a byte more (§2.2.3).
  const said = field('gone'.length) + field(1) + field('device'.length) + field(300) + 1

  it.each(['mqtt-qos1', 'mqtt-qos1-bare'])('%s: user name, password, will', async (transport) => {
    const { cost, shown } = await costOf(transport, { mqtt })
    expect(cost).toEqual({ 'setup up control': said })
    expect(shown).not.toContain('device')
  })

  it('retain, a session that is kept, a QoS of the will cost no byte', async () => {
    const will = { ...mqtt.will, qos: 1, retain: true }
    const { cost } = await costOf('mqtt-qos1', {
      mqtt: { ...mqtt, will, retain: true, clean: false },
    })
    expect(cost).toEqual({ 'setup up control': said })
  })
})

describe.skipIf(!hasTool('mosquitto'))('of MQTT 5', () => {
  const options = { broker: 'mosquitto' }
  const mqtt = {
    ...{ sessionExpiry: 3_600, messageExpiry: 60, payloadFormat: 'utf-8' as const },
    ...{ userProperties: { site: 'A1' }, contentType: 'application/json' },
    ...{ responseTopic: 'r/1', correlationData: 'c1' },
  }
  // §2.2.2.2: an identifier of one byte before each; §3.3.2.3.2 to §3.3.2.3.9.
  const properties =
    1 + 1 + (1 + 4) + (1 + field(16)) + (1 + field(3)) + (1 + field(2)) + (1 + field(4) + field(2))

  it('properties stand in each PUBLISH, the session expiry in CONNECT', async () => {
    const { cost } = await costOf('mqtt5-qos1', { mqtt }, options)
    // §3.1.2.11.2
    expect(cost).toEqual({
      'setup up control': 1 + 4,
      'steady up framing': MESSAGES * properties,
    })
  })
})

describe('with every request', () => {
  it.each([
    ['http1', { bearer: TOKEN }, 'authorization: Bearer \r\n'.length + 300],
    ['http1-bare', { bearer: TOKEN }, 'authorization: Bearer \r\n'.length + 300],
    ['http1-replay', { bearer: TOKEN }, 'authorization: Bearer \r\n'.length + 300],
    // RFC 4648 §4: four characters for three bytes; `device:` and five more are twelve.
    [
      'http1',
      { basic: { username: 'device', password: { length: 5 } } },
      'authorization: Basic \r\n'.length + 16,
    ],
    ['http1', { host: 'api.example.com:8443' }, 20 - '127.0.0.1:43210'.length],
    ['http1-bare', { host: 'api.example.com:8443' }, 20 - '127.0.0.1:43210'.length],
    ['http1-replay', { host: 'api.example.com:8443' }, 20 - '127.0.0.1:43210'.length],
  ])('%s says %j', async (transport, http, bytes) => {
    const { cost } = await costOf(transport, { http })
    expect(cost).toEqual({ 'steady up framing': MESSAGES * bytes })
  })

  it('HTTP/2 sends a token anew each time: what lets a device in is never indexed', async () => {
    const { cost } = await costOf('h2c', { http: { bearer: TOKEN } })
    const each = (cost['steady up framing'] ?? 0) / MESSAGES
    // RFC 7541 §5.2: at 5 to 8 bits a character of base64url, and its name by index.
    expect(each).toBeGreaterThan((300 * 6) / 8)
    expect(each).toBeLessThan(325)
  })
})

it('one token for both is paid once in CONNECT and with every POST', async () => {
  const more = { token: TOKEN, mqtt: { username: '' } }
  const [http, mqtt] = [await costOf('http1', more), await costOf('mqtt-qos1', more)]
  expect(http.cost).toEqual({ 'steady up framing': MESSAGES * 324 })
  expect(mqtt.cost).toEqual({ 'setup up control': field(0) + field(300) + 1 })
})

it.each(['https1', 'mqtts-qos1'])(
  '%s asks for the name that the device says',
  async (transport) => {
    const { cost } = await costOf(transport, { http: { host: 'api.example.com:8443' } })
    // RFC 6066 §3: type and length 4, list 2, name type 1, name 2 + 15.
    expect(cost['setup up security']).toBe(4 + 2 + 1 + 2 + 'api.example.com'.length)
  },
)
