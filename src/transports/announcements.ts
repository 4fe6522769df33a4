import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { announceOwnPorts, learnOwnPorts } from './own-ports/own-port-notices.ts'
import { type OwnPorts, ownPorts } from './own-ports/own-ports.ts'

/** Where a process that listens is told which connections are its run's. */
export interface AnnouncementPlace {
  readonly port: number
  /** Whoever knows it is of the run. */
  readonly token: string
}

const LOOPBACK = '127.0.0.1'
const TOKEN_BYTES = 16
const TOKEN_CHARACTERS = 2 * TOKEN_BYTES
/** Of ours: it is written before anything else. */
const INTRODUCTION_MS = 5_000
const WELCOME = '.'

/**
 * The listening end: takes one connection from each process of the run that
 * opens connections, and lets nobody else tell it anything.
 */
export class AnnouncementServer implements AsyncDisposable {
  readonly #server: Server
  readonly #token = randomBytes(TOKEN_BYTES).toString('hex')
  readonly #ports: OwnPorts
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, ports: OwnPorts) {
    this.#server = server
    this.#ports = ports
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => socket.destroy())
      void this.#introduce(socket)
    })
  }

  /** @throws a system error where nothing can be listened on */
  static async open(ports: OwnPorts = ownPorts): Promise<AnnouncementServer> {
    const server = createServer({ noDelay: true })
    const announcements = new AnnouncementServer(server, ports)
    server.listen(0, LOOPBACK)
    await once(server, 'listening')
    return announcements
  }

  get place(): AnnouncementPlace {
    return { port: (this.#server.address() as AddressInfo).port, token: this.#token }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #introduce(socket: Socket): Promise<void> {
    // Asked at once: neither is told any more of what was closed.
    const { remoteAddress: address = '', remotePort: port = 0 } = socket
    const to = this.place.port
    const said = await firstCharacters(socket, TOKEN_CHARACTERS)
    if (said === this.#token) {
      learnOwnPorts(socket, this.#ports)
      socket.write(WELCOME)
      return
    }
    this.#ports.turnAway({ protocol: 'tcp', address, port, to })
    socket.destroy()
  }
}

/** Null where they do not come. */
function firstCharacters(socket: Socket, count: number): Promise<string | null> {
  return new Promise((resolve) => {
    const look = (): void => {
      // What comes after them is for whoever reads next.
      const said: Buffer | null = socket.read(count)
      if (said !== null) settle(said.toString('latin1'))
    }
    const giveUp = (): void => settle(null)
    const settle = (said: string | null): void => {
      clearTimeout(timer)
      socket.off('readable', look).off('end', giveUp).off('close', giveUp)
      resolve(said !== null && said.length === count ? said : null)
    }
    const timer = setTimeout(giveUp, INTRODUCTION_MS)
    socket.on('readable', look).on('end', giveUp).on('close', giveUp)
  })
}

/** Those that this process announces to, by port. */
const announced = new Map<number, Promise<Socket>>()

/**
 * Announces every connection that this process opens from now on. Once a place:
 * asked again, it is the same one.
 * @throws a system error, where nobody listens there any more
 */
export async function announceTo({ port, token }: AnnouncementPlace): Promise<void> {
  let channel = announced.get(port)
  if (channel === undefined) {
    channel = introduce(port, token)
    announced.set(port, channel)
    const forget = (): void => void announced.delete(port)
    channel.then((socket) => socket.once('close', forget), forget)
  }
  await channel
}

async function introduce(port: number, token: string): Promise<Socket> {
  const socket = connect({ host: LOOPBACK, port, noDelay: true })
  await once(socket, 'connect')
  socket.on('error', () => socket.destroy())
  socket.write(token)
  await once(socket, 'data')
  announceOwnPorts(socket)
  // It lasts as long as the process, and holds it back from nothing.
  socket.unref()
  return socket
}
