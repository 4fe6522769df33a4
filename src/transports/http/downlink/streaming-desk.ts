import type { FastifyReply } from 'fastify'
import type { CommandDesk } from './command-desk.ts'
import type { EventStreams } from './event-streams.ts'

/** The device asks once, and is answered with a stream: each command is an event on it. */
export class StreamingDesk implements CommandDesk {
  readonly #streams: EventStreams
  readonly #beating: NodeJS.Timeout

  constructor(streams: EventStreams, heartbeatMs: number) {
    this.#streams = streams
    this.#beating = setInterval(() => streams.beat(), heartbeatMs)
  }

  accept(command: Buffer): boolean {
    if (this.#streams.size === 0) return false
    this.#streams.send(command)
    return true
  }

  ask(reply: FastifyReply): void {
    this.#streams.open(reply)
  }

  async endWait(): Promise<void> {
    this.#streams.beat()
  }

  close(): void {
    clearInterval(this.#beating)
  }
}
