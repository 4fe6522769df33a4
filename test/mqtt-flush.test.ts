import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { parser } from 'mqtt-packet'
import { expect, it, onTestFinished } from 'vitest'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { tlsProfileOf } from '../src/model/tls/profiles.ts'
import { mqttQos0, mqttsQos0 } from '../src/transports/mqtt/mqttjs.ts'
import { addressOf, listen } from '../src/transports/sockets.ts'
import { createTlsIdentity, trustOf } from '../src/transports/tls/certificate.ts'
import { tlsServerOptions } from '../src/transports/tls/tls-server.ts'

const scenario = scenarioSchema.parse({ name: 'mqtt', title: 'mqtt', payload: { hex: '00' } })

/** A broker that accepts a client and then reads nothing until it is told to. */
class DeafBroker {
  #socket: Socket | null = null

  readonly accept = (socket: Socket): void => {
    this.#socket = socket
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.pause()
      socket.write(Buffer.from('20020000', 'hex'))
    })
  }

  /** Reads on to the end; resolves with how many messages there were. */
  async countMessages(): Promise<number> {
    const socket = this.#socket as Socket
    const packets = parser({ protocolVersion: 4 })
    let messages = 0
    packets.on('packet', ({ cmd }) => {
      if (cmd === 'publish') messages += 1
    })
    socket.on('data', (chunk) => packets.parse(chunk))
    socket.resume()
    await once(socket, 'close')
    return messages
  }
}

it.each([mqttQos0, mqttsQos0])(
  '$id: what was flushed is with the kernel, and arrives after the client is gone',
  async (transport) => {
    const identity = await createTlsIdentity(tlsProfileOf({}))
    const broker = new DeafBroker()
    const { secure } = transport.traits
    const server = secure
      ? createTlsServer(tlsServerOptions(identity), broker.accept)
      : createServer(broker.accept)
    const listener = await listen(server, '127.0.0.1')
    onTestFinished(() => listener.close())
    const address = addressOf(secure ? 'mqtts:' : 'mqtt:', '127.0.0.1', listener.port)
    const abort = new AbortController()
    const context = { scenario, signal: abort.signal, ...trustOf(identity) }
    const peer = await transport.connect(address, {}, context)
    onTestFinished(() => peer[Symbol.asyncDispose]())
    const producer = await peer.openProducer()
    if (producer.kind !== 'paced') throw new Error('not paced')

    let flushed = 0
    const isFlushed = (): Promise<boolean> =>
      Promise.race([
        producer.send(Buffer.alloc(1000)).then(
          () => true,
          () => false,
        ),
        // The kernel's buffers are full, or this machine is slow: either will do.
        delay(200, false),
      ])
    while (await isFlushed()) flushed += 1
    expect(flushed).toBeGreaterThan(100)
    // What only waits in this process is lost now.
    abort.abort()
    expect(await broker.countMessages()).toBeGreaterThanOrEqual(flushed)
  },
)
