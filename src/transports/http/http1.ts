import { requireScheme } from '../connection-errors.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import type { Transport } from '../transport.ts'
import { serveFastify } from './fastify-endpoint.ts'
import { openKeptConnection } from './kept-connection.ts'
import { postingProducer } from './post.ts'
import { targetUrlOf } from './request-headers.ts'

/**
 * A POST a message with Node's own `fetch`, on one connection that is kept
 * alive. It is opened by `connect`, so that no message pays for it; where the
 * server closes it, `fetch` opens the next by itself, as it does anywhere.
 */
export const http1: Transport<NoOptions> = {
  id: 'http1',
  title: 'HTTP/1.1 POST, kept alive',
  traits: {
    client: 'fetch',
    protocol: 'http/1.1',
    flows: ['uplink'],
    completion: 'answered',
    secure: false,
  },
  parseOptions: refuseOptions('http1'),
  serve: (_options, context) => serveFastify(context),

  async connect(address, _options, { scenario, signal }) {
    requireScheme('http1', address, 'http:')
    const connection = await openKeptConnection(address, signal)
    const producer = postingProducer(connection, targetUrlOf(address, scenario), scenario)
    return {
      openProducer: async () => producer,
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    }
  },
}
