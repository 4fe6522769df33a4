import type { Socket } from 'node:net'
import { SaidError } from '../../../model/errors.ts'
import { quoted, type Saying, said } from '../../../model/said/said.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { type BrokerLimits, readBrokerLimits } from '../../../transports/mqtt/broker-limits.ts'
import { connectFieldsOf } from '../../../transports/mqtt/device-packets.ts'
import { endOf } from '../../../transports/sockets.ts'
import type { ServerTrust } from '../../../transports/transport.ts'
import { refusedConnect } from '../../../transports/words/mqtt-answers.ts'
import { boundOpening, connectSharingBuffer, describeSocketError } from '../shared-buffer-socket.ts'
import type { ProtocolVersion } from './publish-frames.ts'

export interface SocketRequest {
  readonly address: URL
  readonly trust: ServerTrust
  readonly protocolVersion: ProtocolVersion
  readonly clientId: string
  readonly scenario: Pick<Scenario, 'mqtt' | 'token'>
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** A connection whose CONNECT was answered. */
export interface OpenedSocket {
  readonly socket: Socket
  readonly limits: BrokerLimits
  /** From now on everything that comes goes here; the bytes are overwritten after the call. */
  readTo(read: (bytes: Uint8Array, length: number) => void): void
}

/**
 * Connects a socket that reads into a buffer shared by all, and has its CONNECT
 * accepted. A thousand of them take no thousand buffers.
 * @throws Error in words, which are what the connection is counted under
 */
export async function openLoadSocket(request: SocketRequest): Promise<OpenedSocket> {
  const { generate, parser } = await import('mqtt-packet')
  const { protocolVersion, signal, deadlineMs } = request
  let read: ((bytes: Uint8Array, length: number) => void) | null = null
  const socket = connectSharingBuffer(request.address, request.trust, (bytes, length) =>
    read?.(bytes, length),
  )
  try {
    using _bound = boundOpening(socket, signal, deadlineMs, 'noConnackWithin')
    return await new Promise<OpenedSocket>((resolve, reject) => {
      const fail = (what: Saying): void => reject(new SaidError(what))
      const closed = (): void => {
        const end = endOf(socket)
        fail(end === null ? said('closedBeforeConnack') : describeSocketError(end))
      }
      socket.once('close', closed)
      const answers = parser({ protocolVersion })
      answers.on('error', (error) => fail(said('connectNoMqtt', { why: quoted(error.message) })))
      answers.on('packet', (packet) => {
        if (packet.cmd !== 'connack') {
          fail(said('answerToConnect', { packet: packet.cmd.toUpperCase() }))
          return
        }
        const code = packet.reasonCode ?? packet.returnCode ?? 0
        if (code !== 0) {
          reject(refusedConnect(request.address, code, protocolVersion, packet.properties))
          return
        }
        socket.off('close', closed)
        resolve({
          socket,
          limits: readBrokerLimits(packet),
          readTo: (to) => {
            read = to
          },
        })
      })
      // A copy: the parser may keep what the next read overwrites.
      read = (bytes, length) => void answers.parse(Buffer.from(bytes.subarray(0, length)))
      socket.write(generate(connectPacket(request), { protocolVersion }))
    })
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function connectPacket({ protocolVersion, clientId, scenario, trust }: SocketRequest) {
  return {
    cmd: 'connect' as const,
    protocolId: 'MQTT' as const,
    protocolVersion,
    clientId,
    keepalive: scenario.mqtt.keepAlive,
    ...connectFieldsOf(scenario, protocolVersion, trust.access),
  }
}
