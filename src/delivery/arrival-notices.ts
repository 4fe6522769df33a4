import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

const LOOPBACK = '127.0.0.1'

/** Tells when a message has arrived, outside the measured connection. */
export interface ArrivalNotices {
  /** Resolves at the arrival of one more message; false when none came in time. */
  next(): Promise<boolean>
}

/**
 * A loopback side channel from the endpoint to the load: one byte an arrival.
 * It exists for the pace of the closed loop alone and carries no instant.
 */
export class NoticeServer implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** @param host where it listens: loopback unless the load is in another network namespace */
  static async open(host = LOOPBACK): Promise<NoticeServer> {
    const server = createServer({ noDelay: true })
    const notices = new NoticeServer(server)
    server.listen(0, host)
    await once(server, 'listening')
    return notices
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** After the current turn, so that telling of an arrival does not delay its acknowledgement. */
  notify(): void {
    if (this.#sockets.size === 0) return
    setImmediate(() => {
      for (const socket of this.#sockets) socket.write('.')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** The load's end of the side channel. */
export class NoticeReader implements ArrivalNotices, Disposable {
  readonly #socket: Socket
  readonly #deadlineMs: number
  #arrived = 0
  #waiting: ((arrived: boolean) => void) | null = null

  private constructor(socket: Socket, deadlineMs: number) {
    this.#socket = socket
    this.#deadlineMs = deadlineMs
    socket.on('data', (chunk) => {
      this.#arrived += chunk.length
      if (this.#waiting !== null && this.#arrived > 0) {
        this.#arrived -= 1
        this.#waiting(true)
      }
    })
    socket.on('error', () => this.#waiting?.(false))
    socket.on('close', () => this.#waiting?.(false))
  }

  /** @param deadlineMs how long `next` waits for an arrival */
  static async open(port: number, deadlineMs: number, host = LOOPBACK): Promise<NoticeReader> {
    const socket = connect({ host, port, noDelay: true })
    await once(socket, 'connect')
    return new NoticeReader(socket, deadlineMs)
  }

  /** Forgets notices of an earlier block. */
  reset(): void {
    this.#arrived = 0
  }

  async next(): Promise<boolean> {
    if (this.#arrived > 0) {
      this.#arrived -= 1
      return true
    }
    if (this.#socket.destroyed) return false
    return new Promise((resolve) => {
      const settle = (arrived: boolean): void => {
        clearTimeout(timer)
        this.#waiting = null
        resolve(arrived)
      }
      const timer = setTimeout(() => settle(false), this.#deadlineMs)
      this.#waiting = settle
    })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}
