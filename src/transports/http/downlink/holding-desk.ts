import type { FastifyReply } from 'fastify'
import type { Answer, CommandDesk } from './command-desk.ts'

/**
 * A request that finds the queue empty is held until a command comes, or its
 * time is over: then it is answered that there is none.
 */
export class HoldingDesk implements CommandDesk {
  readonly #answer: Answer
  readonly #holdMs: number
  readonly #queue: Buffer[] = []
  /** One device; a second request of it takes the place of the first. */
  #held: { reply: FastifyReply; timer: NodeJS.Timeout } | null = null
  #onHeld: (() => void)[] = []

  constructor(answer: Answer, holdMs: number) {
    this.#answer = answer
    this.#holdMs = holdMs
  }

  accept(command: Buffer): boolean {
    const reply = this.#release()
    if (reply === null) this.#queue.push(command)
    else this.#answer(reply, command)
    return true
  }

  ask(reply: FastifyReply): void {
    const command = this.#queue.shift()
    if (command !== undefined) {
      this.#answer(reply, command)
      return
    }
    this.#sendAway()
    this.#held = { reply, timer: setTimeout(() => this.#sendAway(), this.#holdMs) }
    // A command for a device that is gone would be lost.
    reply.raw.once('close', () => {
      if (this.#held?.reply === reply) this.#release()
    })
    for (const tell of this.#onHeld.splice(0)) tell()
  }

  async endWait(): Promise<void> {
    if (this.#held === null) await this.#nextHeld()
    const isHeldAgain = this.#nextHeld()
    this.#sendAway()
    await isHeldAgain
  }

  close(): void {
    this.#release()
  }

  #nextHeld(): Promise<void> {
    return new Promise((resolve) => this.#onHeld.push(resolve))
  }

  #sendAway(): void {
    const reply = this.#release()
    if (reply !== null) this.#answer(reply, null)
  }

  #release(): FastifyReply | null {
    if (this.#held === null) return null
    const { reply, timer } = this.#held
    clearTimeout(timer)
    this.#held = null
    return reply
  }
}
