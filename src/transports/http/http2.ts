import type { Socket } from 'node:net'
import { InstrumentError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import type { Wording } from '../../model/text/wording.ts'
import { placeOf, requireScheme } from '../connection-errors.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { Listing, Transport } from '../transport.ts'
import { serveFastify } from './endpoint/fastify-endpoint.ts'
import { FASTIFY } from './libraries.ts'

export const h2c = http2(
  'h2c',
  { en: 'HTTP/2, cleartext, one connection', 'zh-TW': 'HTTP/2，明文，一條連線' },
  'clear',
  { order: 135 },
)
export const http2OverTls = http2(
  'http2',
  { en: 'HTTP/2, TLS, one connection', 'zh-TW': 'HTTP/2，TLS，一條連線' },
  'tls',
  {
    order: 140,
    counterpartOf: 'h2c',
  },
)

/**
 * A request a message with `node:http2`, one stream each, on one connection. In the
 * clear both sides know beforehand that it is HTTP/2 (RFC 9113 §3.3); over TLS
 * they agree on it (`h2`, RFC 7301).
 *
 * What HPACK makes of a field depends on its value and on what was sent before,
 * so the first message is larger than the others, which are all of one size:
 * the endpoint leaves `Date` out, whose coded size changes with the time. The
 * port in `:authority` may be any of five digits: digits are coded in 5 or 6
 * bits, and `127.0.0.1:` with five of them takes 11 bytes either way.
 */
function http2(
  id: string,
  title: Wording,
  security: Security,
  listing: Listing,
): Transport<NoOptions> {
  return {
    id,
    title,
    traits: {
      client: 'node:http2',
      protocol: 'http/2',
      flows: ['uplink'],
      completion: 'answered',
      secure: security === 'tls',
    },
    listing,
    libraries: [FASTIFY],
    parseOptions: refuseOptions(id),
    serve: (_options, context) => serveFastify(context, 'http/2', security),

    async connect(address, _options, context) {
      requireScheme(id, address, security === 'tls' ? 'https:' : 'http:')
      const { openHttp2Peer } = await import('./http2-peer.ts')
      const open = async (): Promise<Socket> => {
        const socket = await openStream(security, address, context, { alpn: 'h2' })
        if (security === 'tls') requireHttp2(address, socket)
        return socket
      }
      return openHttp2Peer(address, open, context)
    },
  }
}

/** RFC 9113 §3.2: over TLS it is spoken only where ALPN has agreed on it. */
function requireHttp2(address: URL, socket: Socket): void {
  if ('alpnProtocol' in socket && socket.alpnProtocol === 'h2') return
  socket.destroy()
  throw new InstrumentError('connection', said('noHttp2', { place: placeOf(address) }))
}
