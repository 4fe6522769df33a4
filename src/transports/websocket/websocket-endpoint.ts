import type { WebSocket } from 'ws'
import { stopped } from '../connection-errors.ts'
import { inOrder } from '../in-order.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, listen } from '../sockets.ts'
import type { Endpoint, ServeContext } from '../transport.ts'
import { createWebSocketServer } from './websocket-server.ts'

/** Who connects, in a `roundtrip`: the path says it. */
export type Role = 'device' | 'app'

/** The address of one role: its word behind the path. */
export function roleAddress(address: URL, role: Role): URL {
  const own = new URL(address)
  own.pathname = `${own.pathname.replace(/\/$/, '')}/${role}`
  return own
}

/** WebSocket on the scenario's path: it answers each message, or forwards between device and app. */
export async function serveWebSocket(context: ServeContext): Promise<Endpoint> {
  const { scenario, host, signal } = context
  if (signal.aborted) throw stopped(signal)
  const server = await createWebSocketServer(
    scenario.flow === 'roundtrip' ? forwardBetweenRoles(context) : answerOnPath(context),
  )
  const listener = await listen(server, host)
  return {
    address: addressOf('ws:', host, listener.port, scenario.path),
    [Symbol.asyncDispose]: disposeOnAbort(signal, () => listener.close()),
  }
}

type Welcome = (webSocket: WebSocket) => void

function answerOnPath({ scenario, onArrival }: ServeContext) {
  const target = targetOf(pathAddress(scenario.path))
  const welcome: Welcome = (webSocket) => {
    const take = inOrder(onArrival, () => webSocket.terminate())
    onContent(webSocket, (payload) => take(payload, () => answer(webSocket)))
  }
  return (asked: string): Welcome | null => (asked === target ? welcome : null)
}

/**
 * What an app sends goes to every device, and the app is answered once it was
 * forwarded; what a device sends goes to every app, and is not answered. Neither
 * is an arrival: it is for another client.
 */
function forwardBetweenRoles({ scenario }: ServeContext) {
  const connected = { device: new Set<WebSocket>(), app: new Set<WebSocket>() }
  const welcome = (webSocket: WebSocket, role: Role): void => {
    connected[role].add(webSocket)
    webSocket.once('close', () => connected[role].delete(webSocket))
    const receivers = connected[role === 'app' ? 'device' : 'app']
    onContent(webSocket, (payload) => {
      for (const receiver of receivers) receiver.send(payload)
      if (role === 'app') answer(webSocket)
    })
  }
  const roles = new Map<string, Role>()
  for (const role of ['device', 'app'] as const) {
    roles.set(targetOf(roleAddress(pathAddress(scenario.path), role)), role)
  }
  return (asked: string): Welcome | null => {
    const role = roles.get(asked)
    return role === undefined ? null : (webSocket) => welcome(webSocket, role)
  }
}

function onContent(webSocket: WebSocket, handle: (payload: Uint8Array) => void): void {
  // An error is always followed by `close`.
  webSocket.on('error', () => {})
  // `ws` gives a Buffer unless it is asked for another type.
  webSocket.on('message', (message) => handle(message as Buffer))
}

function answer(webSocket: WebSocket): void {
  webSocket.send('')
}

const pathAddress = (path: string): URL => new URL(`ws://host${path}`)
const targetOf = ({ pathname, search }: URL): string => pathname + search
