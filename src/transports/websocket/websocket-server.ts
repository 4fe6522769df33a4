import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { WebSocket } from 'ws'
import type { TlsIdentity } from '../tls/certificate.ts'
import { tlsServerOptions } from '../tls/tls-server.ts'

/**
 * An HTTP server that does nothing but upgrade (RFC 6455 §4.2), without
 * compression. Of subprotocols it takes the client's first.
 * @param findWelcome who takes the connections of a request target; null for a 404
 * @param identity what it proves itself with; without one it speaks in the clear
 */
export async function createWebSocketServer(
  findWelcome: (target: string) => ((webSocket: WebSocket) => void) | null,
  identity?: TlsIdentity,
): Promise<Server> {
  const { WebSocketServer } = await import('ws')
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
  })
  const refuse: RequestListener = (_request, response) => {
    response.writeHead(426, { upgrade: 'websocket' }).end()
  }
  const server =
    identity === undefined
      ? createServer({ noDelay: true }, refuse)
      : createTlsServer(tlsServerOptions(identity, 'http/1.1'), refuse)
  server.on('upgrade', (request, socket, head) => {
    const welcome = findWelcome(request.url ?? '')
    if (welcome !== null) upgrades.handleUpgrade(request, socket, head, welcome)
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  return server
}
