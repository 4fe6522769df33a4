import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeError, InstrumentError, systemSaid } from '../model/errors.ts'
import { said } from '../model/said/said.ts'
import type { SocketPlace } from '../wire/relay/tcp-relay.ts'
import { formatPlace } from './tapped-connection.ts'

/** The two forms in which figures are told. */
export type MetricsForm = 'openmetrics' | 'text'

export interface MetricsText {
  contentType: string
  text: string
}

/** Whoever asks for more at once waits. */
const MAX_CONNECTIONS = 20
const PATIENCE_MS = 5_000

/**
 * Serves `/metrics` to whoever asks: OpenMetrics where that is asked for, else the
 * text format 0.0.4 of Prometheus.
 * @throws InstrumentError `connection` where it cannot listen
 */
export async function serveMetrics(
  { address, port }: SocketPlace,
  collect: (form: MetricsForm) => Promise<MetricsText>,
): Promise<AsyncDisposable & { place: string }> {
  const server = createServer({ headersTimeout: PATIENCE_MS, requestTimeout: PATIENCE_MS })
  server.maxConnections = MAX_CONNECTIONS
  server.on('request', (request, response) => void answer(request, response, collect))
  server.on('clientError', (_, socket) => socket.destroy())
  try {
    server.listen({ host: address, port })
    await once(server, 'listening')
  } catch (error) {
    const place = formatPlace({ address, port })
    const why = said('metricsUnlistenable', { place, why: systemSaid(error) })
    throw new InstrumentError('connection', why, { cause: error })
  }
  return {
    place: formatPlace({ address, port: (server.address() as AddressInfo).port }),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
  collect: (form: MetricsForm) => Promise<MetricsText>,
): Promise<void> {
  const say = (status: number, text: string, contentType = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': contentType })
    response.end(method === 'HEAD' ? undefined : text)
  }
  if (method !== 'GET' && method !== 'HEAD') say(405, 'only GET\n')
  else if (url.split('?', 1)[0] !== '/metrics') say(404, 'the figures are at /metrics\n')
  else {
    try {
      const { contentType, text } = await collect(formOf(headers.accept))
      say(200, text, contentType)
    } catch (error) {
      say(500, `${describeError(error)}\n`)
    }
  }
}

/** RFC 9110 §12.5.1: OpenMetrics to who wants it no less than plain text. */
export function formOf(accept = ''): MetricsForm {
  const wanted = (type: RegExp): number =>
    Math.max(
      0,
      ...accept.split(',').flatMap((range) => {
        if (!type.test(range)) return []
        const [, q = '1'] = /;\s*q=([\d.]+)/i.exec(range) ?? []
        return [Number(q)]
      }),
    )
  const open = wanted(/^\s*application\/openmetrics-text\b/i)
  return open > 0 && open >= wanted(/^\s*text\/plain\b/i) ? 'openmetrics' : 'text'
}
