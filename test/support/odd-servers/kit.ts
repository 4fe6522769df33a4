import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { generate, type Packet, parser } from 'mqtt-packet'
import type { CertificateFiles } from '../certificates.ts'
import { temporaryFolder } from '../command.ts'
import { ownMosquitto } from '../own-mosquitto.ts'
import { freePort, temporaryPaths } from '../programs.ts'

/** A server that somebody has, for as long as it is not disposed of. */
export interface OddServer extends AsyncDisposable {
  readonly port: number
}

/** Any server of sockets on a free port; disposing of it ends its connections too. */
export async function listenOn(server: Server, host = '127.0.0.1'): Promise<OddServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

export const tcpServer = (handle: (socket: Socket) => void): Promise<OddServer> =>
  listenOn(createServer(handle))

export const httpServer = (handle: RequestListener, host?: string): Promise<OddServer> =>
  listenOn(createHttpServer(handle), host)

/** What is answered to a whole request, as bytes; for what no library would send. */
export function rawHttpServer(answer: (socket: Socket) => void): Promise<OddServer> {
  return tcpServer((socket) => {
    let read = ''
    socket.on('data', (bytes) => {
      read += bytes.toString('latin1')
      const [, length] = /^content-length: *(\d+)/im.exec(read) ?? []
      const end = read.indexOf('\r\n\r\n')
      if (end === -1 || read.length < end + 4 + Number(length ?? 0)) return
      read = read.slice(end + 4 + Number(length ?? 0))
      answer(socket)
    })
  })
}

export interface TlsServerSettings extends TlsOptions {
  readonly handle?: (socket: Socket) => void
}

export async function tlsServer({ handle, ...options }: TlsServerSettings): Promise<OddServer> {
  const server = createTlsServer(options, (socket) => {
    socket.on('error', () => socket.destroy())
    if (handle === undefined) socket.resume()
    else handle(socket)
  })
  return listenOn(server)
}

/** Null leaves the answer to a broker that has nothing against the packet. */
export type AnswerMqtt = (packet: Packet, protocolVersion: number) => Packet[] | null

export function mqttServer(answer: AnswerMqtt): Promise<OddServer> {
  return tcpServer((socket) => speakMqtt(socket, answer))
}

export function speakMqtt(socket: Socket, answer: AnswerMqtt): void {
  const read = parser()
  let protocolVersion = 4
  read.on('error', () => socket.destroy())
  read.on('packet', (packet: Packet) => {
    if (packet.cmd === 'connect') protocolVersion = packet.protocolVersion ?? 4
    for (const each of answer(packet, protocolVersion) ?? agree(packet)) {
      socket.write(generate(each, { protocolVersion }))
      if (each.cmd === 'disconnect') socket.end()
    }
    if (packet.cmd === 'disconnect') socket.end()
  })
  socket.on('data', (bytes) => read.parse(bytes))
}

function agree(packet: Packet): Packet[] {
  const messageId = packet.messageId ?? 0
  switch (packet.cmd) {
    case 'connect':
      return [{ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 }]
    case 'subscribe':
      return [{ cmd: 'suback', messageId, granted: packet.subscriptions.map(({ qos }) => qos) }]
    case 'unsubscribe':
      return [{ cmd: 'unsuback', messageId, granted: [0] } as Packet]
    case 'pingreq':
      return [{ cmd: 'pingresp' }]
    case 'publish':
      if (packet.qos === 1) return [{ cmd: 'puback', messageId, reasonCode: 0 }]
      return packet.qos === 2 ? [{ cmd: 'pubrec', messageId, reasonCode: 0 }] : []
    case 'pubrel':
      return [{ cmd: 'pubcomp', messageId, reasonCode: 0 }]
    default:
      return []
  }
}

/** What servers prove themselves with, made once for all of them. */
export interface Identities {
  /** The file of the authority's own certificate. */
  readonly authority: string
  readonly server: CertificateFiles
  readonly expired: CertificateFiles
  readonly elsewhere: CertificateFiles
}

export type StartOddServer = (identities: Identities) => Promise<OddServer>

export const pemOf = ({ certificate, key }: CertificateFiles): { cert: Buffer; key: Buffer } => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
})

/** A program of somebody else's, up as soon as it says so on either of its outputs. */
async function startProgram(
  name: string,
  args: readonly string[],
  isUp: RegExp,
): Promise<AsyncDisposable> {
  // Its input stays open: openssl ends with it.
  const child = spawn(name, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk
      if (isUp.test(said)) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('close', () => reject(new Error(`${name} did not start: ${said}`)))
  })
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** An nginx whose one server has these lines; PORT stands for its port. */
export async function nginx(lines: string): Promise<OddServer> {
  const folder = temporaryFolder()
  const port = await freePort()
  const file = join(folder.path, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${join(folder.path, 'pid')}; error_log stderr notice;
     events {}
     http { access_log off; ${temporaryPaths(folder.path)}
       server { ${lines.replaceAll('PORT', String(port))} } }`,
  )
  const program = await startProgram(
    'nginx',
    ['-p', folder.path, '-c', file, '-e', 'stderr'],
    /OS:/,
  )
  return {
    port,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

/** `openssl s_server`, which answers nothing by itself. */
export async function openssl(
  { certificate, key }: CertificateFiles,
  ...options: readonly string[]
): Promise<OddServer> {
  const port = await freePort()
  const args = ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', certificate, '-key', key]
  const program = await startProgram('openssl', [...args, ...options], /^ACCEPT/m)
  return { port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() }
}

/** A Mosquitto with further lines of its configuration. */
export const mosquitto = (...lines: readonly string[]): Promise<OddServer> => ownMosquitto(lines)

/** TLS of a Mosquitto's listener. */
export const mosquittoTls = ({ server }: Identities): string[] => [
  'user root',
  `certfile ${server.certificate}`,
  `keyfile ${server.key}`,
]

/** A CONNACK that accepts, with these properties. */
export const connackWith = (properties: object): Packet =>
  ({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0, properties }) as Packet
