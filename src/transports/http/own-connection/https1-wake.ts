import { requireScheme, stopped } from '../../connection-errors.ts'
import { connectPerMessage } from '../../connections/connection-per-message.ts'
import { PER_WAKE, parseWakeOptions, type WakeOptions } from '../../connections/per-wake.ts'
import { acquireTlsSession } from '../../tls/tls-socket.ts'
import type { Transport } from '../../transport.ts'
import { serveFastify } from '../endpoint/fastify-endpoint.ts'
import { openPostingPeer } from '../http1.ts'
import { FASTIFY, UNDICI } from '../libraries.ts'

const ID = 'https1-wake'

/**
 * A device that wakes up, resumes its TLS session, POSTs what it has gathered, one
 * reading a request, and sleeps again.
 */
export const https1Wake: Transport<WakeOptions> = {
  id: ID,
  title: {
    en: 'HTTP/1.1 over TLS, several messages a connection, resumed',
    'zh-TW': '經由 TLS 的 HTTP/1.1，每條連線數則訊息，恢復交握',
  },
  traits: {
    client: 'fetch',
    protocol: 'http/1.1',
    flows: ['uplink'],
    completion: 'answered',
    secure: true,
    connections: 'own',
  },
  listing: { order: 132 },
  libraries: [UNDICI, FASTIFY],
  optionNames: [PER_WAKE],
  parseOptions: (input) => parseWakeOptions(ID, input),
  serve: (_options, context) => serveFastify(context, 'http/1.1', 'tls'),

  acquireSession(address, _options, context) {
    requireScheme(ID, address, 'https:')
    return acquireTlsSession(address, context, { alpn: 'http/1.1' })
  },

  async connect(address, { messagesPerWake }, context) {
    requireScheme(ID, address, 'https:')
    if (context.signal.aborted) throw stopped(context.signal)
    const open = (own: typeof context) => openPostingPeer(address, own, 'tls', 'kept')
    return connectPerMessage(address, context, open, messagesPerWake)
  },
}
