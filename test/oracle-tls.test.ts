import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionOptions, connect, createServer, type Server } from 'node:tls'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Direction } from '../src/model/vocabulary.ts'
import type { Frame, Unexplained } from '../src/model/wire/frame.ts'
import { dissectMqtt311 } from '../src/wire/dissectors/mqtt/mqtt311.ts'
import { TlsSecrets } from '../src/wire/dissectors/tls/keys/tls-secrets.ts'
import { dissectTls } from '../src/wire/dissectors/tls/tls.ts'
import { portOf } from '../src/wire/relay/five-digit-port.ts'
import { openRelay } from '../src/wire/relay/tcp-relay.ts'
import { hasTool, temporaryFolder } from './support/command.ts'
import { hex } from './support/dissection.ts'
import { PacketFile } from './support/packet-file.ts'
import { createTlsServer, type TlsServer } from './support/tls-conversation.ts'

/**
 * The TLS dissector held against Wireshark's over the same connection: tcpdump
 * reads its packets from the kernel, tshark the records in them.
 */

const CONNECT = hex('10 0d 0004 4d515454 04 02 003c 0001 61')
const PUBLISH = hex('32 1e 000c 73656e736f72732f74656d70 0001 7b202274656d70223a203235207d')
const DISCONNECT = hex('e000')
const ANSWERS: Readonly<Record<number, Uint8Array>> = {
  16: hex('20020000'),
  50: hex('40020001'),
}

/** Answers whatever packet a record holds; every packet is a record of its own. */
async function listen({ certificate, key }: TlsServer): Promise<Server> {
  const server = createServer({ cert: certificate, key }, (peer) => {
    peer.on('data', (bytes: Buffer) => {
      const answer = ANSWERS[bytes[0] ?? 0]
      if (answer === undefined) peer.end()
      else peer.write(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** @returns a session to resume */
async function talk(
  port: number,
  options: ConnectionOptions,
  onTlsSecret: (line: string) => void = () => {},
): Promise<Buffer> {
  const client = connect({ host: '127.0.0.1', port, servername: 'localhost', ...options })
  client.on('keylog', (line: Buffer) => onTlsSecret(line.toString()))
  const ticket = once(client, 'session') as Promise<[Buffer]>
  await once(client, 'secureConnect')
  for (const packet of [CONNECT, PUBLISH, PUBLISH]) {
    client.write(packet)
    await once(client, 'data')
  }
  const closed = once(client, 'close')
  client.end(DISCONNECT)
  await closed
  return options.session ?? (await ticket)[0]
}

/** What one side said, record by record. */
interface Records {
  lengths: number[]
  handshakeTypes: number[]
  packetTypes: number[]
  alerts: number[]
}

const FIELDS = [
  'tls.record.length',
  'tls.handshake.type',
  'mqtt.msgtype',
  'tls.alert_message.desc',
] as const

/** The records as Wireshark sees them, with the key log that opens them. */
async function readWithTshark(
  path: string,
  keyLogPath: string,
  port: number,
): Promise<Record<Direction, Records>> {
  const { stdout } = await promisify(execFile)('tshark', [
    ...['-n', '-r', path, '-o', `tls.keylog_file:${keyLogPath}`],
    ...['-d', `tcp.port==${port},tls`, '-d', `tls.port==${port},mqtt`, '-Y', 'tls'],
    ...['-T', 'fields', '-e', 'tcp.dstport', ...FIELDS.flatMap((field) => ['-e', field])],
  ])
  const found = { up: noRecords(), down: noRecords() }
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const [to, ...columns] = line.split('\t')
    const side = Number(to) === port ? found.up : found.down
    const [lengths = [], handshakeTypes = [], packetTypes = [], alerts = []] = columns.map(
      (column) =>
        column
          .split(',')
          .filter((value) => value !== '')
          .map(Number),
    )
    side.lengths.push(...lengths)
    side.handshakeTypes.push(...handshakeTypes)
    side.packetTypes.push(...packetTypes)
    side.alerts.push(...alerts)
  }
  return found
}

const noRecords = (): Records => ({
  lengths: [],
  handshakeTypes: [],
  packetTypes: [],
  alerts: [],
})

const HANDSHAKE_TYPES: Readonly<Record<string, number>> = {
  ClientHello: 1,
  ServerHello: 2,
  NewSessionTicket: 4,
  EncryptedExtensions: 8,
  Certificate: 11,
  CertificateVerify: 15,
  Finished: 20,
}
const PACKET_TYPES: Readonly<Record<string, number>> = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  DISCONNECT: 14,
}

/** The same, of our frames: here each is one record. */
function recordsOf(frames: readonly Frame[], direction: Direction): Records {
  const own = frames.filter((frame) => frame.direction === direction)
  const codes = (names: Readonly<Record<string, number>>): number[] =>
    own.flatMap(({ label }) => label.split(', ')).flatMap((label) => names[label] ?? [])
  return {
    lengths: own.map(({ lengthBytes }) => lengthBytes - 5),
    handshakeTypes: codes(HANDSHAKE_TYPES),
    packetTypes: codes(PACKET_TYPES),
    alerts: codes({ close_notify: 0 }),
  }
}

describe.skipIf(!hasTool('tshark') || !hasTool('tcpdump'))(
  'Wireshark sees the same records',
  () => {
    let certified: TlsServer
    beforeAll(async () => {
      certified = await createTlsServer()
    })

    it.each([
      ['TLS_AES_128_GCM_SHA256', 'full'],
      ['TLS_AES_256_GCM_SHA384', 'full'],
      ['TLS_CHACHA20_POLY1305_SHA256', 'full'],
      ['TLS_AES_256_GCM_SHA384', 'resumed'],
    ])('%s, %s', async (ciphers, kind) => {
      using folder = temporaryFolder()
      const server = await listen(certified)
      const port = portOf(server)
      const options: ConnectionOptions = { ca: certified.certificate, ciphers }
      if (kind === 'resumed') options.session = await talk(port, options)
      const frames: Frame[] = []
      const gaps: Unexplained[] = []
      const secrets = new TlsSecrets()
      const dissector = dissectTls(
        dissectMqtt311,
        secrets,
      )({ frame: (frame) => frames.push(frame), unexplained: (gap) => gaps.push(gap) })
      const stop = new AbortController()
      await using relay = await openRelay({
        target: { host: '127.0.0.1', port },
        openTap: () => ({
          bytes: (...said) => dissector.feed(...said),
          end: () => dissector.end(),
        }),
        signal: stop.signal,
      })
      try {
        const path = join(folder.path, 'tls.pcap')
        const keyLogPath = join(folder.path, 'key.log')
        await using capture = await PacketFile.start(port, path)
        const keyLog: string[] = []
        await talk(relay.address.port, options, (line) => {
          keyLog.push(line)
          secrets.learn(line)
        })
        await relay.drained()
        await capture.complete()
        writeFileSync(keyLogPath, keyLog.join(''))
        const seen = await readWithTshark(path, keyLogPath, port)
        expect(gaps).toEqual([])
        expect(seen.up).toEqual(recordsOf(frames, 'up'))
        expect(seen.down).toEqual(recordsOf(frames, 'down'))
        expect(seen.up.packetTypes).toEqual([1, 3, 3, 14])
        expect(seen.down.handshakeTypes.includes(11)).toBe(kind === 'full')
      } finally {
        server.close()
      }
    })
  },
)
