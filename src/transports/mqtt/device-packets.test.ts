import { generate } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { encodePublishFrames } from '../../load/driver/mqtt/publish-frames.ts'
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
