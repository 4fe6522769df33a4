import type { Socket } from 'node:net'
import { InstrumentError, SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { lost, placeOf, requireScheme, unreachable } from '../connection-errors.ts'
import type { Lifeline } from '../connections/lifeline.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { holdSocket, openSocket, releaseSocket } from '../sockets.ts'
import type { Peer, Transport, TransportTraits } from '../transport.ts'
import { refusedConnect } from '../words/mqtt-answers.ts'
import { AcknowledgementReader } from './acknowledgements.ts'
import { type BrokerOptions, onChosenBroker } from './broker.ts'
import { connectFieldsOf, publishFieldsOf } from './device-packets.ts'
import { AEDES, MQTT_PACKET } from './libraries.ts'
import type { PublishFramer } from './publish-frame.ts'

const MAX_PACKET_ID = 0xffff
/** MQTT 3.1.1 §3.12 and §3.14: no variable header, no payload. */
const PINGREQ = Uint8Array.of(0xc0, 0)
const DISCONNECT = Uint8Array.of(0xe0, 0)

const traits: TransportTraits = {
  client: 'bare',
  protocol: 'mqtt/3.1.1',
  flows: ['uplink'],
  completion: 'acknowledged',
  secure: false,
}

/**
 * PUBLISH packets written straight to a socket: the head is encoded beforehand,
 * only the packet id and the payload are copied in, and of what comes back only
 * PUBACK and PINGRESP are understood.
 */
export const mqttQos1Bare: Transport<BrokerOptions> = {
  id: 'mqtt-qos1-bare',
  title: {
    en: 'MQTT 3.1.1 QoS 1, pre-encoded packets',
    'zh-TW': 'MQTT 3.1.1 QoS 1，預先編碼的封包',
  },
  traits,
  listing: { order: 245 },
  libraries: [MQTT_PACKET, AEDES],
  ...onChosenBroker('mqtt-qos1-bare', traits, 1),

  async connect(address, _options, context) {
    const { scenario, signal, access } = context
    requireScheme('mqtt-qos1-bare', address, 'mqtt:')
    const { generate, parser } = await import('mqtt-packet')
    const { PublishFramer } = await import('./publish-frame.ts')
    const socket = await openSocket(address, context)
    const lifeline = holdSocket(address, socket, signal)
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: scenario.mqtt.clientId,
        keepalive: scenario.mqtt.keepAlive,
        ...connectFieldsOf(scenario, 4, access),
      }),
    )
    const answers = parser({ protocolVersion: 4 })
    const feed = (chunk: Buffer): void => {
      answers.parse(chunk)
    }
    socket.on('data', feed)
    try {
      await lifeline.wait<void>((resolve, reject) => {
        answers.on('error', reject)
        answers.on('packet', (packet) => {
          const { cmd, returnCode } = packet as { cmd: string; returnCode?: number }
          if (cmd === 'connack' && returnCode === 0) resolve()
          else if (cmd === 'connack' && returnCode !== undefined) {
            reject(refusedConnect(address, returnCode, 4))
          } else reject(new SaidError(said('answerToConnect', { packet: cmd.toUpperCase() })))
        })
      })
    } catch (cause) {
      socket.destroy()
      throw unreachable(address, cause)
    }
    socket.off('data', feed)
    return barePeer(
      address,
      socket,
      lifeline,
      scenario,
      new PublishFramer(scenario.topic, publishFieldsOf(scenario, 4)),
    )
  },
}

function barePeer(
  address: URL,
  socket: Socket,
  lifeline: Lifeline,
  scenario: Scenario,
  framer: PublishFramer,
): Peer {
  const unacknowledged = new Map<number, () => void>()
  /** Answered in the order of asking. */
  const pings: (() => void)[] = []
  let lastPacketId = 0
  let hasSent = true

  const reader = new AcknowledgementReader({
    puback(packetId) {
      const acknowledge = unacknowledged.get(packetId)
      if (acknowledge === undefined) {
        throw new SaidError(said('strangePuback', { id: packetId }))
      }
      unacknowledged.delete(packetId)
      acknowledge()
    },
    pingresp() {
      pings.shift()?.()
    },
  })
  socket.on('data', (chunk) => {
    try {
      reader.feed(chunk)
    } catch (cause) {
      lifeline.cut(lost(address, cause))
    }
  })

  const ping = (): Promise<void> =>
    lifeline.wait((resolve) => {
      pings.push(resolve)
      socket.write(PINGREQ)
    })

  const publish = (payload: Uint8Array): Promise<void> =>
    lifeline.wait((resolve, reject) => {
      const packetId = lastPacketId === MAX_PACKET_ID ? 1 : lastPacketId + 1
      if (unacknowledged.has(packetId)) {
        const why = said('noPacketId', { place: placeOf(address), most: MAX_PACKET_ID })
        reject(new InstrumentError('connection', why))
        return
      }
      lastPacketId = packetId
      hasSent = true
      unacknowledged.set(packetId, resolve)
      socket.write(framer.frame(packetId, payload))
    })

  // [MQTT-3.1.2-23]: never longer than the keep-alive without a packet. Looked at
  // twice in that time, so that a message costs no timer and no clock.
  const { keepAlive: keepAliveS } = scenario.mqtt
  const watch = setInterval(() => {
    if (!hasSent) ping().catch(() => {})
    hasSent = false
  }, keepAliveS * 500)
  watch.unref()
  if (keepAliveS === 0) clearInterval(watch)
  socket.once('close', () => clearInterval(watch))

  return {
    openProducer: async () => ({
      kind: 'paced',
      send: publish,
      [Symbol.asyncDispose]: nothingToDispose,
    }),
    keepAlive: ping,
    [Symbol.asyncDispose]: disposeOnce(() => {
      clearInterval(watch)
      return releaseSocket(address, socket, lifeline, DISCONNECT)
    }),
  }
}
