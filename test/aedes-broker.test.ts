import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { Packet } from 'mqtt-packet'
import { generate, parser } from 'mqtt-packet'
import { describe, expect, it, onTestFinished } from 'vitest'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { serveAedes } from '../src/transports/mqtt/aedes-broker.ts'
import { mqttQos1Bare } from '../src/transports/mqtt/mqtt-qos1-bare.ts'
import { mqttQos0, mqttQos1, mqttQos2 } from '../src/transports/mqtt/mqttjs.ts'
import { listen } from '../src/transports/sockets.ts'
import type { ArrivalHandler } from '../src/transports/transport.ts'

const scenario = scenarioSchema.parse({ name: 'mqtt', title: 'mqtt', payload: { text: 'warm' } })

async function serve(onArrival: ArrivalHandler): Promise<URL> {
  const { signal } = new AbortController()
  const endpoint = await serveAedes({ scenario, host: '127.0.0.1', onArrival, signal })
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  return endpoint.address
}

/** A client that says exactly what it is told, and hears the answers one by one. */
function rawClient(address: URL): { say(packet: Packet): void; hear(): Promise<Packet> } {
  const socket: Socket = connect(Number(address.port), address.hostname)
  onTestFinished(() => {
    socket.destroy()
  })
  const heard: Packet[] = []
  let listener: ((packet: Packet) => void) | null = null
  const answers = parser({ protocolVersion: 4 })
  answers.on('packet', (packet) => {
    if (listener === null) heard.push(packet)
    else listener(packet)
    listener = null
  })
  socket.on('data', (chunk) => answers.parse(chunk))
  return {
    say: (packet) => socket.write(generate(packet)),
    hear: () =>
      new Promise((resolve) => {
        const next = heard.shift()
        if (next === undefined) listener = resolve
        else resolve(next)
      }),
  }
}

const CONNECT: Packet = {
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  clientId: 'sensor-0001',
  keepalive: 60,
}

const publish = (messageId: number, dup: boolean): Packet => ({
  cmd: 'publish',
  topic: 'sensors/temp',
  payload: Buffer.from('warm'),
  qos: 2,
  retain: false,
  dup,
  messageId,
})

describe('the MQTT endpoint', () => {
  it('counts a QoS 2 message once, however often it is sent before its PUBREL', async () => {
    let arrived = 0
    const address = await serve(() => {
      arrived += 1
      return undefined
    })
    const { say, hear } = rawClient(address)
    say(CONNECT)
    expect(await hear()).toMatchObject({ cmd: 'connack', returnCode: 0 })
    say(publish(7, false))
    expect(await hear()).toMatchObject({ cmd: 'pubrec', messageId: 7 })
    say(publish(7, true))
    expect(await hear()).toMatchObject({ cmd: 'pubrec', messageId: 7 })
    expect(arrived).toBe(1)
    say({ cmd: 'pubrel', messageId: 7 })
    expect(await hear()).toMatchObject({ cmd: 'pubcomp', messageId: 7 })
    // The id is free again: now it is another message.
    say(publish(7, true))
    expect(await hear()).toMatchObject({ cmd: 'pubrec', messageId: 7 })
    expect(arrived).toBe(2)
  })

  it('keeps more messages in flight than the default of Aedes, and in order', async () => {
    const order: string[] = []
    const address = await serve((payload) => {
      order.push(Buffer.from(payload).toString())
      return undefined
    })
    for (const transport of [mqttQos1, mqttQos2, mqttQos1Bare]) {
      order.length = 0
      const { signal } = new AbortController()
      const peer = await transport.connect(address, {}, { scenario, signal })
      onTestFinished(() => peer[Symbol.asyncDispose]())
      const producer = await peer.openProducer()
      if (producer.kind !== 'paced') throw new Error('not paced')
      const numbers = Array.from({ length: 1500 }, (_, index) => String(index))
      await Promise.all(numbers.map((number) => producer.send(Buffer.from(number))))
      expect(order).toEqual(numbers)
      await peer[Symbol.asyncDispose]()
    }
  })
})

/** What an MQTT client wrote until it closed, and how it was answered. */
async function recordBroker(
  answers: Record<number, string>,
): Promise<{ address: URL; said: Promise<string> }> {
  let finish = (_said: string): void => {}
  const said = new Promise<string>((resolve) => {
    finish = resolve
  })
  const server = createServer((socket) => {
    let all = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      all += chunk.toString('hex')
      const answer = answers[(chunk[0] as number) >> 4]
      if (answer !== undefined) socket.write(Buffer.from(answer, 'hex'))
    })
    socket.on('close', () => finish(all))
  })
  const listener = await listen(server, '127.0.0.1')
  onTestFinished(() => listener.close())
  return { address: new URL(`mqtt://127.0.0.1:${listener.port}`), said }
}

describe.each([
  ['mqtt-qos0', mqttQos0],
  ['mqtt-qos1-bare', mqttQos1Bare],
])('%s', (_id, transport) => {
  it('says CONNECT, one PINGREQ for one keep-alive, DISCONNECT, and nothing more', async () => {
    const { address, said } = await recordBroker({ 1: '20020000', 12: 'd000' })
    const { signal } = new AbortController()
    const peer = await transport.connect(address, {}, { scenario, signal })
    await peer.keepAlive?.()
    await peer[Symbol.asyncDispose]()
    // MQTT 3.1.1 §3.1: clean session, keep-alive 60, client id sensor-0001.
    const hello = '101700044d5154540402003c000b73656e736f722d30303031'
    expect(await said).toBe(`${hello}c000e000`)
  })

  it('says why a broker refuses it', async () => {
    const { address } = await recordBroker({ 1: '20020005' })
    const { signal } = new AbortController()
    const connecting = transport.connect(address, {}, { scenario, signal })
    await expect(connecting).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/not authorized \(CONNACK 5, MQTT 3\.1\.1 §3\.2\.2\.3\)/),
    })
  })

  it('does not hang on what is no broker', async () => {
    const { address } = await recordBroker({ 1: Buffer.from('HTTP/1.1 400').toString('hex') })
    const { signal } = new AbortController()
    const connecting = transport.connect(address, {}, { scenario, signal })
    // Told by what it says, or by that it goes: whichever comes first.
    await expect(connecting).rejects.toThrow(/speaks HTTP|cannot connect to/)
  })
})
