import { once } from 'node:events'
import { SaidError } from '../../../model/errors.ts'
import {
  type HttpRequest,
  RequestWriter,
  saysLength,
} from '../../../transports/http/request/write-request.ts'
import { ConnectionDriver } from '../connection-driver.ts'
import type { DriverRequest } from '../driver-request.ts'
import {
  boundOpening,
  connectSharingBuffer,
  describeSocketError,
  readyEventOf,
} from '../shared-buffer-socket.ts'
import { RequestConnection } from './request-connection.ts'

export interface HttpLoadSettings
  extends Omit<DriverRequest, 'transport' | 'traits' | 'clientId' | 'topicNumber' | 'connectPeer'> {
  /** Where the messages go. */
  readonly url: URL
}

/** Requests enough that payloads differ as the scenario has them. */
const MOST_REQUESTS = 1_000
const CONNECT_DEADLINE_MS = 10_000

/**
 * Load on an HTTP/1.1 server: requests encoded beforehand, of their answers
 * no more is read than where they end. Several in flight on one connection are
 * pipelined (RFC 9112 §9.3.2), which few clients do: a window of 1 is what they
 * have.
 */
export function openHttpLoadDriver(settings: HttpLoadSettings): ConnectionDriver {
  const { address, trust, url, scenario, shape, now, signal, onRedirect, onDate } = settings
  const writer = new RequestWriter(url, scenario)
  const requests = settings.payloads
    .slice(0, MOST_REQUESTS)
    .map((payload) => encodeRequest(url, writer.write(payload)))
  return new ConnectionDriver({
    ...{ shape, now, signal },
    async open(_index, share, openSignal) {
      let connection: RequestConnection | null = null
      const socket = connectSharingBuffer(address, trust, (bytes, length) =>
        connection?.feed(bytes, length),
      )
      try {
        using _bound = boundOpening(socket, openSignal, CONNECT_DEADLINE_MS, 'noConnectionWithin')
        await once(socket, readyEventOf(address))
      } catch (error) {
        socket.destroy()
        throw new SaidError(describeSocketError(error as Error))
      }
      connection = new RequestConnection(socket, shape.inFlight, {
        ...{ requests, share, onRedirect, onDate },
      })
      return connection
    },
  })
}

function encodeRequest(url: URL, request: HttpRequest): Buffer {
  const { method, target, content } = request
  const { 'content-type': type, ...headers } = request.headers
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${request.host ?? url.host}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...(saysLength(request) ? [`Content-Length: ${content?.length ?? 0}`] : []),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
  return content === null ? head : Buffer.concat([head, content])
}
