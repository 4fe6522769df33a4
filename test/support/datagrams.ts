import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A UDP socket for tests, which keeps what it hears. */
export class Datagrams implements AsyncDisposable {
  readonly socket: Socket
  readonly heard: Buffer[] = []
  #wanted: { count: number; resolve: () => void } | null = null

  private constructor() {
    this.socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 })
    this.socket.on('message', (datagram) => {
      this.heard.push(datagram)
      if (this.#wanted !== null && this.heard.length >= this.#wanted.count) this.#wanted.resolve()
    })
  }

  /** Connected to a port of this machine. */
  static async dial(port: number): Promise<Datagrams> {
    const datagrams = new Datagrams()
    datagrams.socket.connect(port, '127.0.0.1')
    await once(datagrams.socket, 'connect')
    return datagrams
  }

  /** On a free port, doing with each datagram what the test says. */
  static async serve(
    handle: (datagram: Buffer, from: RemoteInfo, socket: Socket) => void,
  ): Promise<Datagrams> {
    const datagrams = new Datagrams()
    const { socket } = datagrams
    socket.on('message', (datagram, from) => handle(datagram, from, socket))
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return datagrams
  }

  get port(): number {
    return this.socket.address().port
  }

  /** Where it is connected, it goes there. */
  send(datagram: string | Uint8Array): void {
    this.socket.send(datagram)
  }

  /** Resolves when so many datagrams have come. */
  reach(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.heard.length >= count) resolve()
      else this.#wanted = { count, resolve }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const isClosed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()))
    try {
      this.socket.close()
    } catch {
      // It is closed already.
      return
    }
    await isClosed
  }
}
