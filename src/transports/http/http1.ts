import type { Wording } from '../../model/text/wording.ts'
import { requireScheme, stopped } from '../connection-errors.ts'
import { connectPerMessage } from '../connections/connection-per-message.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import type { Security } from '../tls/security.ts'
import { acquireTlsSession } from '../tls/tls-socket.ts'
import type { ConnectContext, Listing, Peer, Transport } from '../transport.ts'
import { serveFastify } from './endpoint/fastify-endpoint.ts'
import { openFetchConnection } from './fetch-connection.ts'
import { FASTIFY, UNDICI } from './libraries.ts'
import { postingProducer } from './post.ts'
import { targetUrlOf } from './request/write-request.ts'

export const http1 = http1With(
  'http1',
  { en: 'HTTP/1.1, kept alive', 'zh-TW': 'HTTP/1.1，保持連線' },
  'clear',
  'kept',
  {
    order: 100,
    groups: ['default'],
  },
)
export const http1Close = http1With(
  'http1-close',
  { en: 'HTTP/1.1, a connection a message', 'zh-TW': 'HTTP/1.1，每則訊息一條連線' },
  'clear',
  'close',
  { order: 105 },
)
export const https1 = http1With(
  'https1',
  { en: 'HTTP/1.1 over TLS, kept alive', 'zh-TW': '經由 TLS 的 HTTP/1.1，保持連線' },
  'tls',
  'kept',
  {
    order: 120,
    counterpartOf: 'http1',
  },
)
export const https1Close = http1With(
  'https1-close',
  {
    en: 'HTTP/1.1 over TLS, a connection a message',
    'zh-TW': '經由 TLS 的 HTTP/1.1，每則訊息一條連線',
  },
  'tls',
  'close',
  { order: 125, counterpartOf: 'http1-close' },
)
export const https1Resumed = http1With(
  'https1-resumed',
  {
    en: 'HTTP/1.1 over TLS, a connection a message, resumed',
    'zh-TW': '經由 TLS 的 HTTP/1.1，每則訊息一條連線，恢復交握',
  },
  'tls',
  'resumed',
  { order: 130 },
)

/**
 * A request a message with Node's own `fetch`, of the scenario's method.
 *
 * - `kept`: all on one connection, which is opened by `connect`, so that no
 *   message pays for it.
 * - `close`: a connection a message.
 * - `resumed`: the same, where each TLS handshake resumes one earlier session.
 */
function http1With(
  id: string,
  title: Wording,
  security: Security,
  connection: 'kept' | 'close' | 'resumed',
  listing: Listing,
): Transport<NoOptions> {
  const scheme = security === 'tls' ? 'https:' : 'http:'
  return {
    id,
    title,
    traits: {
      client: 'fetch',
      protocol: 'http/1.1',
      flows: ['uplink'],
      completion: 'answered',
      secure: security === 'tls',
      ...(connection !== 'kept' && { connections: 'own' }),
    },
    listing,
    libraries: [UNDICI, FASTIFY],
    parseOptions: refuseOptions(id),
    serve: (_options, context) => serveFastify(context, 'http/1.1', security),

    ...(connection === 'resumed' && {
      acquireSession(address, _options, context) {
        requireScheme(id, address, scheme)
        return acquireTlsSession(address, context, { alpn: 'http/1.1' })
      },
    }),

    async connect(address, _options, context) {
      requireScheme(id, address, scheme)
      if (context.signal.aborted) throw stopped(context.signal)
      if (connection === 'kept') return openPostingPeer(address, context, security, connection)
      return connectPerMessage(address, context, (own) =>
        openPostingPeer(address, own, security, 'close'),
      )
    },
  }
}

/** @throws InstrumentError `connection`, or the reason of the signal */
export async function openPostingPeer(
  address: URL,
  context: ConnectContext,
  security: Security,
  kind: 'kept' | 'close',
): Promise<Peer> {
  const connection = await openFetchConnection(address, context, { security, connection: kind })
  const producer = postingProducer(connection, targetUrlOf(address, context.scenario), context)
  return {
    openProducer: async () => producer,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  }
}
