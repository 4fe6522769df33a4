import { createServer, type Socket } from 'node:net'
import { generate, type IConnackPacket, type Packet, parser } from 'mqtt-packet'
import type { ConnectionDriver } from '../../src/load/driver/connection-driver.ts'
import type { LoadWork } from '../../src/load/driver/load-driver.ts'
import {
  type MqttLoadSettings,
  openMqttLoadDriver,
} from '../../src/load/driver/mqtt/mqtt-load-driver.ts'
import { scenarioSchema } from '../../src/model/scenario/scenario.ts'
import { nowNs } from '../../src/system/clock.ts'

/** Nanoseconds from the start of the test file: a number is exact for months. */
const startedNs = nowNs()
export const elapsedNs = (): number => Number(nowNs() - startedNs)

/** Topic `sensors/temp`, keep-alive 60 s. */
export const SCENARIO = scenarioSchema.parse({
  name: 'load',
  title: 'load',
  payload: { text: 'x' },
})

export const openDriver = (
  port: number,
  settings: Partial<MqttLoadSettings> = {},
): Promise<ConnectionDriver> =>
  openMqttLoadDriver({
    address: new URL(`mqtt://127.0.0.1:${port}`),
    trust: { scenario: SCENARIO },
    protocolVersion: 4,
    qos: 1,
    scenario: SCENARIO,
    clientId: (index) => `load-${index}`,
    payloads: [Buffer.from('{ "temp": 25 }')],
    shape: { connections: 3, inFlight: 10, connectPerSecond: null },
    now: elapsedNs,
    signal: new AbortController().signal,
    ...settings,
  })

export const work = (given: Partial<LoadWork> = {}): LoadWork => ({
  pacer: null,
  until: { messages: 500, elapsedNs: 20e9 },
  drainMs: 10_000,
  signal: new AbortController().signal,
  ...given,
})

/**
 * A broker by hand: accepts every CONNECT, and does with each further packet what it is told.
 * @param connackOf properties of its CONNACK to connection n, from 0; MQTT 3.1.1 has none
 */
export async function openBroker(
  answer: (packet: Packet, socket: Socket, count: number) => void,
  connackOf: (connection: number) => NonNullable<IConnackPacket['properties']> = () => ({}),
): Promise<AsyncDisposable & { port: number; sockets: Set<Socket>; publishes: () => number }> {
  const sockets = new Set<Socket>()
  let publishes = 0
  let connections = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    const reader = parser()
    reader.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        const { protocolVersion = 4 } = packet
        const properties = connackOf(connections)
        connections += 1
        const accepted = { returnCode: 0, reasonCode: 0, sessionPresent: false }
        socket.write(generate({ cmd: 'connack', ...accepted, properties }, { protocolVersion }))
        return
      }
      if (packet.cmd === 'publish') publishes += 1
      answer(packet, socket, publishes)
    })
    socket.on('data', (chunk) => reader.parse(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('has no port')
  return {
    port: address.port,
    sockets,
    publishes: () => publishes,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Acknowledges every PUBLISH with QoS 1. */
export const acknowledge = (packet: Packet, socket: Socket): void => {
  if (packet.cmd !== 'publish') return
  socket.write(generate({ cmd: 'puback', messageId: packet.messageId as number }))
}
