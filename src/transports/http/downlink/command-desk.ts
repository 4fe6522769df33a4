import type { FastifyReply } from 'fastify'

/**
 * How a server hands commands to a device over HTTP, where only the device can
 * ask. Handing over and asking may come in either order.
 */
export interface CommandDesk {
  /** An app's command. False where no device can get it. */
  accept(command: Buffer): boolean
  /** The device asks. */
  ask(reply: FastifyReply): void
  /** Does now what the clock would do while a device waits; resolves when it waits again. */
  endWait(): Promise<void>
  /** Stops the clock. */
  close(): void
}

/** What a device is answered: the oldest command, or that there is none (RFC 9110 §15.3.5). */
export type Answer = (reply: FastifyReply, command: Buffer | null) => void
