import { topicOf } from '../../../delivery/numbered.ts'
import { SaidError } from '../../../model/errors.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { placeOf } from '../../../transports/connection-errors.ts'
import { obstacleToPublishing, type Qos } from '../../../transports/mqtt/broker-limits.ts'
import { publishFieldsOf } from '../../../transports/mqtt/device-packets.ts'
import { ConnectionDriver } from '../connection-driver.ts'
import type { DriverRequest } from '../driver-request.ts'
import { turnsOf } from '../turn.ts'
import { openLoadSocket } from './load-socket.ts'
import { PublishConnection } from './publish-connection.ts'
import { encodePublishFrames, type ProtocolVersion } from './publish-frames.ts'

export interface MqttLoadSettings
  extends Pick<
    DriverRequest,
    'address' | 'trust' | 'clientId' | 'topicNumber' | 'payloads' | 'shape' | 'now' | 'signal'
  > {
  readonly protocolVersion: ProtocolVersion
  readonly qos: Qos
  /** Its topic, keep-alive, and what its device says of itself and of its messages. */
  readonly scenario: Pick<Scenario, 'topic' | 'mqtt' | 'token' | 'payload'>
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
