import { topicOf } from '../../../delivery/numbered.ts'
import { SaidError } from '../../../model/errors.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { placeOf } from '../../../transports/connection-errors.ts'
import { obstacleToPublishing, type Qos } from '../../../transports/mqtt/broker-limits.ts'
import { publishFieldsOf } from '../../../transports/mqtt/device-packets.ts'
import type { ServerTrust } from '../../../transports/transport.ts'
import { ConnectionDriver } from '../connection-driver.ts'
import type { TopicNumber } from '../driver-request.ts'
import type { LoadShape } from '../load-driver.ts'
import { turnsOf } from '../turn.ts'
import { openLoadSocket } from './load-socket.ts'
import { PublishConnection } from './publish-connection.ts'
import { encodePublishFrames, type ProtocolVersion } from './publish-frames.ts'

export interface MqttLoadSettings {
  readonly address: URL
  readonly trust: ServerTrust
  readonly protocolVersion: ProtocolVersion
  readonly qos: Qos
  /** Its topic, keep-alive, and what its device says of itself and of its messages. */
  readonly scenario: Pick<Scenario, 'topic' | 'mqtt' | 'token' | 'payload'>
  /** Of connection n, from 0: no two may have the same. */
  readonly clientId: (index: number) => string
  readonly topicNumber?: TopicNumber | undefined
  /** Sent in turn, over and over. */
  readonly payloads: readonly Uint8Array[]
  readonly shape: LoadShape
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  readonly signal: AbortSignal
}

const CONNECT_DEADLINE_MS = 10_000

/** Load on an MQTT broker: PUBLISH packets encoded beforehand, with a window in flight on each connection. */
export async function openMqttLoadDriver(settings: MqttLoadSettings): Promise<ConnectionDriver> {
  const { scenario, protocolVersion, qos } = settings
  const fields = publishFieldsOf(scenario, protocolVersion)
  const { topicNumber } = settings
  const topic = topicNumber === undefined ? scenario.topic : topicOf(scenario.topic, 0)
  const kept = topicNumber === undefined ? 'as many as fit' : 'all'
  const frames = await encodePublishFrames({ ...settings, topic, fields, kept })
  const turnOf = turnsOf(topicNumber)
  const { address, trust, shape, now, signal } = settings
  return new ConnectionDriver({
    client: 'bare',
    ...{ shape, now, signal },
    async open(index, share, openSignal) {
      const { socket, limits, readTo } = await openLoadSocket({
        ...{ address, trust, scenario, protocolVersion, signal: openSignal },
        clientId: settings.clientId(index),
        deadlineMs: CONNECT_DEADLINE_MS,
      })
      const obstacle = obstacleToPublishing(
        placeOf(address),
        limits,
        { qos, retain: fields.retain },
        frames.largestBytes,
      )
      if (obstacle !== null) {
        socket.destroy()
        throw new SaidError(obstacle)
      }
      const terms = {
        window: Math.min(shape.inFlight, limits.receiveMaximum),
        keepAliveS: limits.serverKeepAliveS ?? scenario.mqtt.keepAlive,
      }
      const connection = new PublishConnection(socket, terms, {
        ...{ frames, qos, share, turn: turnOf(index) },
        topicNumber: topicNumber?.(index) ?? null,
      })
      readTo((bytes, length) => connection.feed(bytes, length))
      return connection
    },
  })
}
