import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { percentile, type Sorted, sortValues } from '../../src/stats/percentile.ts'
import { digestOf, type Kind, type Traffic, trafficOf } from './traffic.ts'

// The devices, in a process of its own: all connections at once, each with its
// traffic; what comes back is digested.

export interface ClientsOrder {
  port: number
  clients: number
  payloadBytes: number
  /** Of each client; HTTP has as many down again. */
  bytesEach: number
  /** `roundTrips`: all of them wait for each answer, over HTTP; else every other one. */
  kind: 'load' | 'roundTrips'
}

export interface ClientsTally {
  elapsedMs: number
  bytesUp: number
  bytesDown: number
  /** What the server must have digested, one of each connection. */
  digests: string[]
  /** Connections that did not get back what they should. */
  wrong: number
  messages: Record<Kind, number>
  /** From a request to its whole answer, in microseconds; null where nobody waited for one. */
  roundTripUs: { p50: number; p99: number } | null
}

const kindOf = (client: number): Kind => (client % 2 === 0 ? 'mqtt' : 'http')

interface Speaker {
  kind: Kind
  traffic: Traffic
  /** Is given one of each answer. */
  roundTripsUs: number[]
}

/** Resolves with whether everything that should have come back did. */
function speak(port: number, { kind, traffic, roundTripsUs }: Speaker): Promise<boolean> {
  const { up, downBytes, downDigest } = traffic
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true })
    const hash = createHash('sha1')
    const answerBytes = downBytes / up.length
    let next = 0
    let received = 0
    let sentMs = 0
    const send = (): void => {
      while (next < up.length) {
        if (kind === 'http' && received < answerBytes * next) return
        sentMs = performance.now()
        const isTaken = socket.write(up[next] as Uint8Array)
        next += 1
        if (!isTaken) return
      }
      socket.end()
    }
    socket.on('connect', send)
    socket.on('drain', send)
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      hash.update(chunk)
      if (kind !== 'http') return
      if (received === answerBytes * next) roundTripsUs.push((performance.now() - sentMs) * 1e3)
      send()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(received === downBytes && hash.digest('hex') === downDigest))
  })
}

const percentilesOf = (ascending: Sorted): ClientsTally['roundTripUs'] =>
  ascending.length === 0
    ? null
    : { p50: percentile(ascending, 0.5), p99: percentile(ascending, 0.99) }

async function runClients({ port, clients, ...order }: ClientsOrder): Promise<ClientsTally> {
  const roundTripsUs: number[] = []
  const each = Array.from({ length: clients }, (_, index): Speaker => {
    const kind = order.kind === 'roundTrips' ? 'http' : kindOf(index)
    return { kind, traffic: trafficOf(kind, index, order), roundTripsUs }
  })
  const digests = each.map(({ traffic }) => digestOf(traffic.up))
  const began = performance.now()
  const outcomes = await Promise.all(each.map((speaker) => speak(port, speaker)))
  const elapsedMs = performance.now() - began
  const messages: Record<Kind, number> = { mqtt: 0, http: 0 }
  for (const { kind, traffic } of each) messages[kind] += traffic.messages
  const sum = (of: (traffic: Traffic) => number): number =>
    each.reduce((total, { traffic }) => total + of(traffic), 0)
  return {
    elapsedMs,
    bytesUp: sum(({ up }) => up.reduce((total, piece) => total + piece.length, 0)),
    bytesDown: sum(({ downBytes }) => downBytes),
    digests,
    wrong: outcomes.filter((isRight) => !isRight).length,
    messages,
    roundTripUs: percentilesOf(sortValues(roundTripsUs)),
  }
}

process.on('message', (order: ClientsOrder) => {
  runClients(order).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
