import { generate } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { encodePublishFrames } from '../../load/driver/mqtt/publish-frames.ts'
import { saidText } from '../../model/said/said.ts'
import { mqttObstacle } from '../../model/scenario/as-sent.ts'
import { type ScenarioInput, scenarioSchema } from '../../model/scenario/scenario.ts'
import { publishBytes } from './broker-limits.ts'
import {
  connectFieldsOf,
  credentialsOf,
  publishFieldsOf,
  publishPropertyBytes,
} from './device-packets.ts'

const scenarioOf = (mqtt: ScenarioInput['mqtt'], token?: ScenarioInput['token']) =>
  scenarioSchema.parse({
    ...{ name: 'a', title: 'a', payload: { text: '25' }, mqtt },
    ...(token !== undefined && { token }),
  })

const FULL = scenarioOf({
  ...{ sessionExpiry: 1, messageExpiry: 2, payloadFormat: 'bytes', retain: true },
  ...{ userProperties: { a: 'b', site: '溫度' }, contentType: 'text/plain' },
  ...{ responseTopic: 'r', correlationData: 'x'.repeat(130) },
})

describe('what a device says', () => {
  it.each([4, 5] as const)('of a message is as long as was worked out, level %i', async (level) => {
    const fields = publishFieldsOf(FULL, level)
    const propertyBytes = publishPropertyBytes(fields)
    const [topic, qos, payload] = [FULL.topic, 1 as const, Buffer.from('25')]
    const worked = publishBytes({ topic, qos, level, alias: false, propertyBytes }, payload.length)
    const packet = { cmd: 'publish', topic, qos, payload, dup: false, messageId: 1, ...fields }
    expect(generate(packet as never, { protocolVersion: level })).toHaveLength(worked)
    const shape = { topic, qos, protocolVersion: level, payloads: [payload], fields }
    expect((await encodePublishFrames(shape)).largestBytes).toBe(worked)
    // §3.3.1.3
    expect(fields.retain).toBe(true)
    expect(fields.properties === undefined).toBe(level === 4)
  })

  it('of its protocol is MQIsdp at level 3, two bytes more, where it is of MQTT 3.1', () => {
    const connect = (mqtt: ScenarioInput['mqtt']): Buffer =>
      generate({
        ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'a', keepalive: 60 },
        ...connectFieldsOf(scenarioOf(mqtt), 4),
      })
    // 1 + 1, 2 + 6 + 1, 1, 2 and 2 + 1 (MQTT 3.1, CONNECT).
    expect(connect({ version: '3.1' })).toHaveLength(17)
    expect(connect({ version: '3.1' }).subarray(2, 11)).toEqual(Buffer.from('\0\x06MQIsdp\x03'))
    expect(connect({})).toHaveLength(15)
    const { mqtt } = scenarioOf({ version: '3.1' })
    expect(mqttObstacle(mqtt, 'mqtt/3.1.1')).toBeNull()
    for (const protocol of ['mqtt/5.0', 'mqtt/3.1.1 over websocket'] as const)
      expect(saidText(mqttObstacle(mqtt, protocol) ?? '')).toMatch(/leave mqtt\.version out/)
  })

  it('of itself is the scenario’s, unless the user gave what a server of his wants', () => {
    const scenario = scenarioOf({ username: 'device' }, 'of-the-file')
    expect(connectFieldsOf(scenario, 4)).toEqual({
      ...{ clean: true, username: 'device', password: Buffer.from('of-the-file') },
    })
    const access = {
      ...{ headers: {}, tls: { verification: 'verified' as const } },
      mqttCredentials: { userName: 'me', password: 'mine' },
    }
    expect(credentialsOf(access, scenario.mqtt, scenario.token)).toEqual({
      ...{ username: 'me', password: Buffer.from('mine') },
    })
  })
})
