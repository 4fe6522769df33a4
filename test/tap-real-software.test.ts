import { type EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import * as coap from 'coap'
import { connect, connectAsync } from 'mqtt'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { readCaptureLedger } from '../src/wire/capture/capture-ledger.ts'
import { readCapture } from '../src/wire/capture/files/read-capture.ts'
import { hasTool } from './support/command.ts'
import { LoopbackCapture } from './support/loopback-capture.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'
import { freePort, runProgram, startNginx } from './support/programs.ts'
import { closingOf, dialTcp } from './support/tap.ts'
import { messagesOf, outcomesOf, tapping, unreadOf } from './support/tapping.ts'

/** Other people's software through a tap: bytes as tcpdump counts them, messages as they were sent. */

const canCapture = hasTool('tcpdump')
const PAYLOAD = '{ "temp": 25 }'

describe.skipIf(!canCapture || !hasTool('mosquitto') || !hasTool('mosquitto_pub'))(
  'Mosquitto',
  () => {
    it.each([
      ['mqttv31', 'mqtt/3.1', []],
      ['mqttv311', 'mqtt/3.1.1', []],
      ['mqttv5', 'mqtt/5.0', ['-x', '600']],
    ] as const)('clients of %s at each QoS', async (version, protocol, session) => {
      await using broker = await ownMosquitto()
      const report = await tapping(broker.port, async (port) => {
        const common = ['-p', String(port), '-V', version, '-t', 'plant/temp']
        const listen = ['-i', 'listener', '-c', '-q', '2', ...session, ...common]
        await runProgram('mosquitto_sub', [...listen, '-E'])
        for (const qos of ['0', '1', '2']) {
          const repeat = ['--repeat', '3', '--repeat-delay', '0']
          await runProgram('mosquitto_pub', [...common, '-q', qos, '-m', PAYLOAD, ...repeat])
        }
        // A broker keeps what has a QoS for who is not there.
        const heard = await runProgram('mosquitto_sub', [...listen, '-C', '6'])
        expect(heard).toBe(`${PAYLOAD}\n`.repeat(6))
      })
      expect(messagesOf(report, protocol)).toEqual({ up: 9, down: 6 })
      expect(unreadOf(report)).toEqual([])
    })

    it('a message that is sent again on the next connection is one message', async () => {
      await using broker = await ownMosquitto()
      const report = await tapping(broker.port, async (port) => {
        const url = `mqtt://127.0.0.1:${port}`
        const session = { clientId: 'listener', clean: false, reconnectPeriod: 0 }
        const deaf = await connectAsync(url, session)
        await deaf.subscribeAsync('plant/temp', { qos: 1 })
        // It never says that it has it.
        const arrived = new Promise<void>((resolve) => {
          deaf.handleMessage = () => resolve()
        })
        await runProgram('mosquitto_pub', [
          ...['-p', String(port), '-t', 'plant/temp', '-q', '1', '-m', PAYLOAD],
        ])
        await arrived
        const gone = new Promise<void>((resolve) => deaf.once('close', resolve))
        deaf.stream.destroy()
        await gone
        // The broker sends it at once: nobody may miss it.
        const listening = connect(url, session)
        const [, , { dup }] = await once(listening as unknown as EventEmitter, 'message')
        expect(dup).toBe(true)
        await listening.endAsync()
      })
      expect(messagesOf(report, 'mqtt/3.1.1')).toEqual({ up: 1, down: 1 })
      expect(outcomesOf(report)).toContain('down PUBLISH sent again (DUP) (1)')
    })

    it('a bridge with its defaults', async () => {
      await using broker = await ownMosquitto()
      const report = await tapping(broker.port, async (port) => {
        const witness = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
        const heard: string[] = []
        const three = new Promise<void>((resolve) => {
          witness.on('message', (topic) => {
            heard.push(topic)
            if (heard.length === 4) resolve()
          })
        })
        await witness.subscribeAsync(['plant/#', '$SYS/broker/connection/#'])
        await using bridge = await ownMosquitto([
          ...['connection upward', `address 127.0.0.1:${port}`, 'topic plant/# both 1'],
        ])
        for (const room of ['a', 'b', 'c']) {
          await runProgram('mosquitto_pub', [
            ...['-p', String(bridge.port), '-t', `plant/${room}`, '-q', '1', '-m', PAYLOAD],
          ])
        }
        await three
        // By default it says that it is there (notifications).
        expect(heard.filter((topic) => topic.startsWith('$SYS'))).toHaveLength(1)
        bridge.kill('SIGTERM')
        await bridge.ended
        await witness.endAsync()
      })
      expect(messagesOf(report, 'mqtt/3.1.1')).toEqual({ up: 4, down: 0 })
      expect(unreadOf(report)).toEqual([])
    })
  },
)

async function postThrice(port: number, path: string, args: readonly string[]): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  // With HTTP/2, curl 7.88 fails with 16 where it goes on with a connection.
  const isKept = !args.includes('--http2-prior-knowledge')
  const posts = isKept ? [[path, path, path]] : [[path], [path], [path]]
  for (const paths of posts) {
    await runProgram('curl', [...args, '-s', '-d', PAYLOAD, ...paths.map((to) => url + to)])
  }
}

describe.skipIf(!canCapture || !hasTool('nginx') || !hasTool('curl'))('curl', () => {
  it.each([
    ['1.0', ['--http1.0']],
    ['1.1', ['--http1.1']],
    ['1.1, chunked', ['-H', 'Transfer-Encoding: chunked']],
    ['1.1, waiting for 100', ['-H', 'Expect: 100-continue']],
  ])('HTTP/%s: three messages up, one down', async (_what, args) => {
    await using nginx = await startNginx()
    const report = await tapping(nginx.port, async (port) => {
      await postThrice(port, '/forward', args)
      const version = args.filter((word) => word.startsWith('--'))
      await runProgram('curl', [...version, '-s', `http://127.0.0.1:${port}/hello.txt`])
    })
    expect(messagesOf(report, 'http/1.1')).toEqual({ up: 3, down: 1 })
    expect(unreadOf(report)).toEqual([])
  })

  it('HTTP/2 without TLS, to Node: three messages up, and one that a GET fetches', async () => {
    const server = createHttp2Server((request, response) => {
      request.resume().on('end', () => {
        if (request.method === 'GET') response.end(PAYLOAD)
        else response.writeHead(204).end()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port: targetPort } = server.address() as AddressInfo
    const args = ['--http2-prior-knowledge']
    const report = await tapping(targetPort, async (port) => {
      await postThrice(port, '/readings', args)
      expect(await runProgram('curl', ['-sS', ...args, `http://127.0.0.1:${port}/t`])).toBe(PAYLOAD)
    })
    server.close()
    expect(messagesOf(report, 'http/2')).toEqual({ up: 3, down: 1 })
    expect(unreadOf(report)).toEqual([])
  })

  it.each([
    ['who says all of it at once (pipelined)', '\r\n', ''],
    ['who ends each body with CRLF, as println does', '\r\n', '\r\n'],
    ['who ends its lines with LF alone', '\n', ''],
  ])('and a small device %s', async (_who, end, behind) => {
    await using nginx = await startNginx()
    const report = await tapping(nginx.port, async (port) => {
      const head = ['POST /forward HTTP/1.1', 'Host: h', `Content-Length: ${PAYLOAD.length}`]
      const request = `${head.join(end)}${end}${end}${PAYLOAD}${behind}`
      const last = request.replace('Host: h', `Host: h${end}Connection: close`)
      const device = dialTcp(port)
      let answers = ''
      device.on('data', (chunk: Buffer) => {
        answers += chunk
      })
      device.on('end', () => device.end())
      device.write(request.repeat(9) + last)
      await closingOf(device)
      expect(answers.match(/^HTTP\/1\.1 204/gm)).toHaveLength(10)
    })
    expect(messagesOf(report, 'http/1.1')).toEqual({ up: 10, down: 0 })
    expect(unreadOf(report)).toEqual([])
  })
})

describe.skipIf(!canCapture)('a library of Node', () => {
  it('socket.io-client with its default transports', async () => {
    const http = createServer().listen(0, '127.0.0.1')
    await once(http, 'listening')
    const server = new Server(http)
    server.on('connection', (socket) => {
      socket.on('reading', (reading, done) => {
        socket.emit('command', reading)
        done()
      })
    })
    const report = await tapping((http.address() as AddressInfo).port, async (port) => {
      const client = io(`http://127.0.0.1:${port}`)
      await new Promise((resolve) => client.io.engine.once('upgrade', resolve))
      for (let turn = 0; turn < 5; turn += 1) {
        const command = new Promise((resolve) => client.once('command', resolve))
        await client.emitWithAck('reading', PAYLOAD)
        await command
      }
      client.close()
      await server.close()
    })
    expect(messagesOf(report, 'socket.io')).toEqual({ up: 5, down: 5 })
    expect(unreadOf(report)).toEqual([])
  })

  it('a WebSocket with compression', async () => {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: { threshold: 0 },
    })
    await once(server, 'listening')
    server.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(data))
    })
    const reading = JSON.stringify({ temp: 25, log: 'x'.repeat(500) })
    const report = await tapping((server.address() as AddressInfo).port, async (port) => {
      const client = new WebSocket(`ws://127.0.0.1:${port}`, {
        perMessageDeflate: { threshold: 0 },
      })
      await once(client, 'open')
      for (let turn = 0; turn < 5; turn += 1) {
        client.send(reading)
        await once(client, 'message')
      }
      client.close()
      await once(client, 'close')
    })
    server.close()
    expect(messagesOf(report, 'websocket')).toEqual({ up: 5, down: 5 })
    expect(unreadOf(report)).toEqual([])
    expect(report.wireBytes.up).toBeLessThan(5 * 500)
  })
})

describe.skipIf(!canCapture || !hasTool('coap-client-gnutls'))('CoAP in a capture', () => {
  it('of libcoap’s client and of node-coap: messages as they were sent, bytes as tcpdump has them', async () => {
    const server = coap.createServer({ type: 'udp4' }, (request, response) => {
      const isGet = request.method === 'GET'
      response.code = isGet ? '2.05' : '2.04'
      response.end(isGet ? PAYLOAD : undefined)
    })
    const port = await freePort()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
    const capture = await LoopbackCapture.start(port)
    const url = `coap://127.0.0.1:${port}/plant/temp`
    for (let turn = 0; turn < 2; turn += 1) {
      await runProgram('coap-client-gnutls', ['-B', '5', '-m', 'put', '-e', PAYLOAD, url])
    }
    expect(await runProgram('coap-client-gnutls', ['-B', '5', '-m', 'get', url])).toContain(PAYLOAD)
    for (let turn = 0; turn < 3; turn += 1) {
      const request = coap.request({
        hostname: '127.0.0.1',
        port,
        pathname: '/plant/temp',
        method: 'PUT',
      })
      const answered = once(request, 'response')
      request.end(PAYLOAD)
      await answered
    }
    const file = await capture.stop()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    const datagrams = movePort(file, port)
    const ledger = readCaptureLedger(datagrams.file, 'coap.pcap', [])
    const [protocol] = ledger?.protocols ?? []
    expect(protocol).toMatchObject({ protocol: 'coap', messages: { up: 5, down: 1 }, unread: [] })
    expect(sumLedger(protocol?.ledger ?? [])).toBe(datagrams.payloadBytes)
  })
})

const COAP_PORT = 5683

/** The same capture, as if its server had had the port of CoAP, which may be taken here. */
function movePort(file: Buffer, port: number) {
  const moved = Buffer.from(file)
  let payloadBytes = 0
  for (const { bytes } of readCapture(moved)?.packets ?? []) {
    const packet = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const udpAt = ETHERNET_BYTES + (packet.readUInt8(ETHERNET_BYTES) & 15) * 4
    const isMark = packet.readUInt16BE(udpAt + 4) === 8 + MARK_CHARACTERS
    for (const at of [udpAt, udpAt + 2]) {
      if (!isMark && packet.readUInt16BE(at) === port) packet.writeUInt16BE(COAP_PORT, at)
    }
    if (!isMark) payloadBytes += packet.readUInt16BE(udpAt + 4) - 8
  }
  return { file: moved, payloadBytes }
}

const ETHERNET_BYTES = 14
/** Of the datagram that ends a capture. */
const MARK_CHARACTERS = 36
