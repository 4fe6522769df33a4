import { generate, type IConnackPacket } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { saidText } from '../../model/said/said.ts'
import { obstacleToPublishing, publishBytes, type Qos, readBrokerLimits } from './broker-limits.ts'

const connack = (given: Partial<IConnackPacket>): IConnackPacket => ({
  ...{ cmd: 'connack', sessionPresent: false },
  ...given,
})

describe('the limits of a broker', () => {
  it('are those of the protocol where it names none', () => {
    const limits = readBrokerLimits(connack({ returnCode: 0 }))
    expect(limits).toMatchObject({ receiveMaximum: 65_535, serverKeepAliveS: null })
    expect(obstacleToPublishing('b', limits, { qos: 2 }, 268_435_460)).toBe(null)
    expect(readBrokerLimits(connack({ reasonCode: 0, properties: {} }))).toEqual(limits)
  })

  it('leave keep-alive off where it says 0', () => {
    const limits = readBrokerLimits(connack({ properties: { serverKeepAlive: 0 } }))
    expect(limits.serverKeepAliveS).toBe(0)
  })

  it('are the largest values that it takes', () => {
    const properties = { receiveMaximum: 20, maximumQoS: 0, maximumPacketSize: 1_024 }
    const limits = readBrokerLimits(connack({ properties }))
    expect(limits.receiveMaximum).toBe(20)
    expect(obstacleToPublishing('b', limits, { qos: 0 }, 1_024)).toBe(null)
    const obstacle = (qos: Qos, bytes: number): string =>
      saidText(obstacleToPublishing('b', limits, { qos }, bytes) ?? '')
    expect(obstacle(1, 1_024)).toMatch(/^b takes QoS 0 at most /)
    expect(obstacle(0, 1_025)).toMatch(
      /^b takes packets of 1,024 bytes at most .*, and a message is 1,025; /,
    )
  })
})

describe('the length of a PUBLISH', () => {
  it.each([
    [4, 0, false, 14],
    [4, 1, false, 14],
    [5, 2, false, 14],
    [5, 1, true, 14],
    [4, 1, false, 127 - 16],
    [5, 1, false, 127 - 16],
    [5, 0, false, 16_383],
    [5, 2, true, 2_097_152],
  ] as const)(
    'is what the encoder makes: level %i, QoS %i, alias %s, %i bytes',
    (level, qos, alias, payloadBytes) => {
      const topic = 'sensors/tämp'
      const packet = generate(
        {
          ...{ cmd: 'publish', topic, qos, payload: Buffer.alloc(payloadBytes) },
          ...{ dup: false, retain: false, ...(qos > 0 && { messageId: 1 }) },
          ...(alias && { properties: { topicAlias: 1 } }),
        },
        { protocolVersion: level },
      )
      expect(publishBytes({ topic, qos, level, alias }, payloadBytes)).toBe(packet.length)
    },
  )
})
