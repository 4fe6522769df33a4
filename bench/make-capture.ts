import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { generate, type Packet } from 'mqtt-packet'
import type { Direction } from '../src/model/vocabulary.ts'
import { LINK_TYPE } from '../src/wire/capture/files/link-types.ts'
import {
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from '../src/wire/capture/files/write-pcapng.ts'
import { SynthesisedStream } from '../src/wire/capture/packets/synthesise-stream.ts'

// Writes a capture like that of a gateway for a day: `npx tsx bench/make-capture.ts
// --out large.pcapng --connections 1000 --megabytes 100`. The same each time.
// Devices with small messages, several at once; a tenth is TLS, and one in fifty
// breaks its protocol on its way.

type Said = [Direction, Uint8Array]

/** What one device and its server say, for as long as they are asked. */
interface Talk {
  port: number
  talk(device: number): Generator<Said>
}

const AT_ONCE = 64
const BATCH_BYTES = 1024 * 1024
const MS = 1_000_000n

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    connections: { type: 'string', default: '1000' },
    megabytes: { type: 'string', default: '100' },
  },
})

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

/** Readings of 20 B to 1 KiB, most of them small. */
function reading(device: number, turn: number): string {
  const rest = (device * 31 + turn * 17) % 100
  const more = rest < 80 ? rest : rest < 95 ? 300 : 1000
  return `{"temp":${(turn % 400) / 10},"id":${device}${',"log":"'.padEnd(more, 'x')}"}`
}

const isBroken = (device: number, turn: number): boolean => device % 49 === 7 && turn === 20

function* mqtt(device: number, version: 4 | 5): Generator<Said> {
  const packet = (it: Packet): Buffer => generate(it, { protocolVersion: version })
  const clientId = `device-${device}`
  yield [
    'up',
    packet({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: version,
      clientId,
      clean: true,
      keepalive: 60,
    }),
  ]
  yield [
    'down',
    packet({
      cmd: 'connack',
      ...(version === 5 ? { reasonCode: 0 } : { returnCode: 0 }),
      sessionPresent: false,
    }),
  ]
  const topic = `plant/${device % 40}/temp`
  for (let turn = 1; ; turn += 1) {
    const messageId = (turn % 0xffff) + 1
    const payload = reading(device, turn)
    if (isBroken(device, turn)) yield ['up', latin1('\xf0\xff\xff\xff\xff\xff no packet at all')]
    yield [
      'up',
      packet({ cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false }),
    ]
    yield ['down', packet({ cmd: 'puback', messageId })]
    if (turn % 50 > 0) continue
    yield ['up', packet({ cmd: 'pingreq' })]
    yield ['down', packet({ cmd: 'pingresp' })]
  }
}

function* http(device: number): Generator<Said> {
  for (let turn = 1; ; turn += 1) {
    const body = reading(device, turn)
    if (isBroken(device, turn)) yield ['up', latin1('\0\0 no request at all')]
    yield [
      'up',
      latin1(
        `POST /plant/${device % 40}/temp HTTP/1.1\r\nHost: gateway.example\r\nUser-Agent: device/1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    ]
    yield [
      'down',
      latin1(
        'HTTP/1.1 204 No Content\r\nServer: nginx\r\nDate: Sun, 29 Nov 2026 10:00:00 GMT\r\nConnection: keep-alive\r\n\r\n',
      ),
    ]
  }
}

/** A masked binary frame of up to 65,535 bytes, or one that is not (RFC 6455 §5.2). */
function webSocketFrame(direction: Direction, content: Uint8Array): Buffer {
  const mask = direction === 'up' ? 0x80 : 0
  const { length } = content
  const head = length < 126 ? [0x82, mask | length] : [0x82, mask | 126, length >> 8, length & 255]
  const key = [0x37, 0xfa, 0x21, 0x3d]
  if (mask === 0) return Buffer.concat([Buffer.from(head), content])
  return Buffer.concat([
    Buffer.from([...head, ...key]),
    content.map((byte, at) => byte ^ (key[at % 4] as number)),
  ])
}

function* webSocket(device: number): Generator<Said> {
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n'
  yield [
    'up',
    latin1(
      `GET /mqtt HTTP/1.1\r\nHost: gateway.example\r\n${upgrade}Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    ),
  ]
  yield [
    'down',
    latin1(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}Sec-WebSocket-Accept: ${accept}\r\n\r\n`),
  ]
  for (const [direction, packet] of mqtt(device, 4))
    yield [direction, webSocketFrame(direction, packet)]
}

/** A record of noise; what is in one nobody can tell. */
function record(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(type, 3, 3, content.length >> 8, content.length & 255), content])
}

function* tls(device: number): Generator<Said> {
  const noise = (length: number): Buffer =>
    Buffer.alloc(length, createHash('sha512').update(`${device}`).digest())
  const hello = (type: number): Buffer =>
    Buffer.concat([
      Buffer.from([type, 0, 0, 40, 3, 3]),
      noise(32),
      Buffer.from('0000021301' + '0100', 'hex').subarray(0, 6),
    ])
  yield ['up', record(22, hello(1))]
  yield [
    'down',
    Buffer.concat([record(22, hello(2)), record(20, Buffer.of(1)), record(23, noise(900))]),
  ]
  for (let turn = 1; ; turn += 1) {
    yield ['up', record(23, noise(120 + reading(device, turn).length))]
    yield ['down', record(23, noise(140))]
  }
}

const TALKS: readonly Talk[] = [
  ...Array.from({ length: 4 }, (): Talk => ({ port: 1883, talk: (device) => mqtt(device, 4) })),
  { port: 1883, talk: (device) => mqtt(device, 5) },
  ...Array.from({ length: 3 }, (): Talk => ({ port: 80, talk: http })),
  { port: 80, talk: webSocket },
  { port: 443, talk: tls },
]

interface Running {
  number: number
  stream: SynthesisedStream
  said: Generator<Said>
  writtenBytes: number
}

/** @throws where the file cannot be written */
function makeCapture(path: string, connections: number, bytes: number): void {
  const file = openSync(path, 'w')
  let pieces: Uint8Array[] = []
  let pendingBytes = 0
  const flush = (): void => {
    const whole = Buffer.concat(pieces)
    for (let at = 0; at < whole.length; ) at += writeSync(file, whole, at)
    pieces = []
    pendingBytes = 0
  }
  const write = (piece: Uint8Array): void => {
    pieces.push(piece)
    pendingBytes += piece.length
    if (pendingBytes >= BATCH_BYTES) flush()
  }
  write(sectionHeader('make-capture', 'nobody sent this'))
  write(interfaceDescription({ name: 'all', description: '', linkType: LINK_TYPE.raw }))
  let atNs = 1_700_000_000_000n * MS
  let identification = 0
  const identify = (): number => {
    identification = (identification % 0xffff) + 1
    return identification
  }
  const open = (number: number): Running => {
    const { port, talk } = TALKS[number % TALKS.length] as Talk
    const ends = {
      up: {
        address: Uint8Array.of(10, 0, number >> 8, number & 255),
        port: 49_152 + (number % 16_000),
      },
      down: { address: Uint8Array.of(192, 0, 2, 1), port },
    }
    return {
      number,
      stream: new SynthesisedStream(ends, { startedNs: atNs, identify }),
      said: talk(number),
      writtenBytes: 0,
    }
  }
  const follow = (one: Running, event: Parameters<SynthesisedStream['follow']>[0]): void => {
    for (const packet of one.stream.follow(event)) {
      const block = enhancedPacket({
        interface: 0,
        atNs,
        bytes: packet.bytes,
        direction: packet.direction === 'up' ? 'outbound' : 'inbound',
      })
      one.writtenBytes += block.length
      write(block)
    }
  }
  const eachBytes = bytes / connections
  const running: Running[] = []
  for (let next = 0; next < connections || running.length > 0; ) {
    while (running.length < AT_ONCE && next < connections) {
      const one = open(next)
      next += 1
      follow(one, { kind: 'opened', connection: one.number, atNs })
      running.push(one)
    }
    for (const one of [...running]) {
      atNs += MS
      const connection = one.number
      if (one.writtenBytes >= eachBytes) {
        for (const direction of ['up', 'down'] as const)
          follow(one, { kind: 'finished', connection, direction, atNs })
        running.splice(running.indexOf(one), 1)
        continue
      }
      const [direction, said] = one.said.next().value as Said
      follow(one, { kind: 'bytes', connection, direction, atNs, bytes: said })
    }
  }
  flush()
  closeSync(file)
}

if (options.out === undefined) throw new Error('--out: name a file')
makeCapture(options.out, Number(options.connections), Number(options.megabytes) * 1e6)
