import type { RawData, WebSocket } from 'ws'
import { InstrumentError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { lost, placeOf } from '../connection-errors.ts'
import { identityOf } from '../http/request/write-request.ts'
import { disposeOnce } from '../once-disposed.ts'
import { openSocket } from '../sockets.ts'
import type { ConnectContext } from '../transport.ts'
import { HeldConnection } from './held-connection.ts'
import { openWebSocket } from './open-websocket.ts'

/**
 * The client's side of a WebSocket without a further protocol: content is a
 * binary message, and the server's answer to it an empty text message. So the
 * two are told apart, also where the content is empty.
 */
export class WebSocketConnection {
  #onContent: (payload: Uint8Array) => void = () => {}
  readonly #address: URL
  readonly #webSocket: WebSocket
  readonly #held: HeldConnection
  /** Answers and pongs come in the order of what they answer. */
  readonly #unanswered: (() => void)[] = []
  readonly #pings: (() => void)[] = []
  readonly [Symbol.asyncDispose]: () => Promise<void> = disposeOnce(() =>
    this.#held.release(() => this.#webSocket.close()),
  )

  /** @throws InstrumentError `connection` */
  static async open(
    address: URL,
    { scenario, signal }: Pick<ConnectContext, 'scenario' | 'signal'>,
  ): Promise<WebSocketConnection> {
    const socket = await openSocket(address, { signal })
    const headers = identityOf(scenario)
    const webSocket = await openWebSocket(address, socket, signal, { headers })
    return new WebSocketConnection(address, webSocket, new HeldConnection(address, socket, signal))
  }

  private constructor(address: URL, webSocket: WebSocket, held: HeldConnection) {
    this.#address = address
    this.#webSocket = webSocket
    this.#held = held
    webSocket.on('message', (message, isBinary) => this.#receive(message, isBinary))
    webSocket.on('pong', () => this.#pings.shift()?.())
    webSocket.on('error', (error) => held.lifeline.cut(lost(address, error)))
    webSocket.resume()
  }

  /** Hands on each content that arrives from now; resolves to what ends it. */
  listen(onContent: (payload: Uint8Array) => void): Promise<AsyncDisposable> {
    return this.#held.lifeline.wait((resolve) => {
      this.#onContent = onContent
      resolve({
        [Symbol.asyncDispose]: async () => {
          if (this.#onContent === onContent) this.#onContent = () => {}
        },
      })
    })
  }

  /** Resolves when the server has answered. */
  ask(payload: Uint8Array): Promise<void> {
    return this.#held.lifeline.wait((resolve, reject) => {
      this.#unanswered.push(resolve)
      this.#webSocket.send(payload, (error) => error && reject(lost(this.#address, error)))
    })
  }

  /** Resolves when the kernel has it. */
  tell(payload: Uint8Array): Promise<void> {
    return this.#held.lifeline.wait((resolve, reject) => {
      this.#webSocket.send(payload, (error) =>
        error ? reject(lost(this.#address, error)) : resolve(),
      )
    })
  }

  /** RFC 6455 §5.5.2; resolves with the pong. */
  ping(): Promise<void> {
    return this.#held.lifeline.wait((resolve) => {
      this.#pings.push(resolve)
      this.#webSocket.ping()
    })
  }

  #receive(message: RawData, isBinary: boolean): void {
    // `ws` gives a Buffer unless it is asked for another type.
    if (isBinary) {
      this.#onContent(message as Buffer)
      return
    }
    const resolve = this.#unanswered.shift()
    if (resolve !== undefined && (message as Buffer).length === 0) resolve()
    else this.#held.lifeline.cut(noAnswer(this.#address))
  }
}

const noAnswer = (address: URL): InstrumentError =>
  new InstrumentError('connection', said('strangeText', { place: placeOf(address) }))
