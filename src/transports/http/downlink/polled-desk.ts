import type { FastifyReply } from 'fastify'
import type { Answer, CommandDesk } from './command-desk.ts'

/** Commands lie in a queue; each time it asks, the device gets the oldest, or nothing. */
export class PolledDesk implements CommandDesk {
  readonly #answer: Answer
  readonly #queue: Buffer[] = []

  constructor(answer: Answer) {
    this.#answer = answer
  }

  accept(command: Buffer): boolean {
    this.#queue.push(command)
    return true
  }

  ask(reply: FastifyReply): void {
    this.#answer(reply, this.#queue.shift() ?? null)
  }

  /** A device that polls does not wait at the server. */
  async endWait(): Promise<void> {}

  close(): void {}
}
