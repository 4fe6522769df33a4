import { InstrumentError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { lost, placeOf } from '../connection-errors.ts'
import { identityOf } from '../http/request/write-request.ts'
import { disposeOnce } from '../once-disposed.ts'
import { openSocket } from '../sockets.ts'
import type { ConnectContext } from '../transport.ts'
import { holdConnection } from './held-connection.ts'
import { openWebSocket } from './open-websocket.ts'

/**
 * The client's side of a WebSocket without a further protocol: content is a
 * binary message, and the server's answer to it an empty text message. So the
 * two are told apart, also where the content is empty.
 * @throws InstrumentError `connection`
 */
export async function connectWebSocket(
  address: URL,
  { scenario, signal }: Pick<ConnectContext, 'scenario' | 'signal'>,
) {
  const socket = await openSocket(address, { signal })
  const headers = identityOf(scenario)
  const webSocket = await openWebSocket(address, socket, signal, { headers })
  const { lifeline, release } = holdConnection(address, socket, signal)
  let onContent: (payload: Uint8Array) => void = () => {}
  /** Answers and pongs come in the order of what they answer. */
  const unanswered: (() => void)[] = []
  const pings: (() => void)[] = []
  webSocket.on('message', (message, isBinary) => {
    // `ws` gives a Buffer unless it is asked for another type.
    if (isBinary) {
      onContent(message as Buffer)
      return
    }
    const resolve = unanswered.shift()
    if (resolve !== undefined && (message as Buffer).length === 0) resolve()
    else lifeline.cut(noAnswer(address))
  })
  webSocket.on('pong', () => pings.shift()?.())
  webSocket.on('error', (error) => lifeline.cut(lost(address, error)))
  webSocket.resume()
  return {
    /** Hands on each content that arrives from now; resolves to what ends it. */
    listen: (listener: (payload: Uint8Array) => void): Promise<AsyncDisposable> =>
      lifeline.wait((resolve) => {
        onContent = listener
        resolve({
          [Symbol.asyncDispose]: async () => {
            if (onContent === listener) onContent = () => {}
          },
        })
      }),
    /** Resolves when the server has answered. */
    ask: (payload: Uint8Array): Promise<void> =>
      lifeline.wait((resolve, reject) => {
        unanswered.push(resolve)
        webSocket.send(payload, (error) => error && reject(lost(address, error)))
      }),
    /** Resolves when the kernel has it. */
    tell: (payload: Uint8Array): Promise<void> =>
      lifeline.wait((resolve, reject) => {
        webSocket.send(payload, (error) => (error ? reject(lost(address, error)) : resolve()))
      }),
    /** RFC 6455 §5.5.2; resolves with the pong. */
    ping: (): Promise<void> =>
      lifeline.wait((resolve) => {
        pings.push(resolve)
        webSocket.ping()
      }),
    [Symbol.asyncDispose]: disposeOnce(() => release(() => webSocket.close())),
  }
}

const noAnswer = (address: URL): InstrumentError =>
  new InstrumentError('connection', said('strangeText', { place: placeOf(address) }))
