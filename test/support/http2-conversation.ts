import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
  type Settings,
} from 'node:http2'
import { type Duplex, duplexPair } from 'node:stream'
import type { Direction } from '../../src/model/vocabulary.ts'

export interface Http2Conversation {
  /** What crossed between the two, in order. */
  readonly said: (readonly [Direction, Uint8Array])[]
  readonly session: ClientHttp2Session
  post(headers: OutgoingHttpHeaders, content: Uint8Array): Promise<void>
  /** GOAWAY from both sides. */
  end(): Promise<void>
}

/** A client and a server of `node:http2` that speak without a socket, and are listened to. */
export async function converse(
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
  settings: { client?: Settings; server?: Settings } = {},
): Promise<Http2Conversation> {
  const said: (readonly [Direction, Uint8Array])[] = []
  const [clientEnd, clientTap] = duplexPair()
  const [serverEnd, serverTap] = duplexPair()
  const pump = (direction: Direction, from: Duplex, to: Duplex): void => {
    from.on('data', (chunk: Buffer) => {
      said.push([direction, chunk])
      to.write(chunk)
    })
    from.on('end', () => to.end())
  }
  pump('up', clientTap, serverTap)
  pump('down', serverTap, clientTap)
  const server = createServer(
    {
      maxHeaderListPairs: 1000,
      maxSendHeaderBlockLength: 200_000,
      settings: settings.server ?? {},
    },
    answer,
  )
  server.emit('connection', serverEnd)
  const session = connect('http://device.example', {
    createConnection: () => clientEnd,
    maxSendHeaderBlockLength: 200_000,
    settings: settings.client ?? {},
  })
  // A lowered table size binds the client only once it has heard of it.
  await once(session, 'remoteSettings')
  return {
    said,
    session,
    async post(headers, content) {
      const request = session.request({ ':method': 'POST', ':path': '/', ...headers })
      request.resume()
      request.end(content)
      await once(request, 'close')
    },
    async end() {
      session.close()
      await once(session, 'close')
    },
  }
}
