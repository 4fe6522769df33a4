import type { FastifyReply } from 'fastify'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { EVENT_STREAM_TYPE, encodeEvent, HEARTBEAT } from '../event-stream.ts'

/** The open event streams of one path: what is sent reaches all of them. */
export class EventStreams {
  readonly #headers: Readonly<Record<string, string>>
  readonly #replies = new Set<FastifyReply>()

  constructor({ http }: Scenario) {
    const own = Object.entries(http.response.headers).filter(
      ([name]) => name.toLowerCase() !== 'content-type',
    )
    this.#headers = { 'content-type': EVENT_STREAM_TYPE, ...Object.fromEntries(own) }
  }

  get size(): number {
    return this.#replies.size
  }

  /** Answers with a stream; its head goes out at once, so that the client knows that it misses nothing. */
  open(reply: FastifyReply): void {
    reply.hijack()
    reply.raw.writeHead(200, this.#headers)
    reply.raw.flushHeaders()
    this.#replies.add(reply)
    reply.raw.once('close', () => this.#replies.delete(reply))
  }

  /** One chunk an event, on every stream. */
  send(payload: Uint8Array): void {
    const event = encodeEvent(payload)
    for (const reply of this.#replies) reply.raw.write(event)
  }

  beat(): void {
    for (const reply of this.#replies) reply.raw.write(HEARTBEAT)
  }
}
