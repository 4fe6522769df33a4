import type { MessageWatch } from './record.ts'
import type { StateInbox } from './state-inbox.ts'

/** Both ends of a roundtrip, as the loop sees them. */
export interface CommandLink {
  /** The app sends a command; resolves when the server has taken it. */
  command(payload: Uint8Array): Promise<void>
  readonly states: StateInbox
  /** How long a state may take to come back. */
  readonly stateDeadlineMs: number
  /** Called when the server has the command; a device that polls only when told to is told so here. */
  onTaken(): Promise<void>
  /** Resolves when the device is done with what it was commanded, its report included. */
  settled(): Promise<void>
}

export interface CommandClock {
  now(): bigint
  waitUntil(instantNs: bigint): Promise<void>
  /** Nanoseconds by which a command is due after the one before it was done. */
  pauseNs(index: number): bigint
}

/** So many commands in a row without a state end a block: waiting on would only burn its deadline. */
const MAX_SILENT_COMMANDS = 3

/**
 * One command in flight: each is due when the one before it was done on all
 * sides, after the pause that the clock gives.
 * @throws whatever the link rejects with; `watch` was told what was done until then
 */
export async function runCommandLoop(
  link: CommandLink,
  commands: Iterable<Uint8Array>,
  clock: CommandClock,
  watch: MessageWatch,
): Promise<void> {
  let silent = 0
  let index = -1
  for (const command of commands) {
    index += 1
    const pauseNs = clock.pauseNs(index)
    const due = clock.now() + pauseNs
    if (pauseNs > 0n) await clock.waitUntil(due)
    link.states.clear()
    watch.sending(command)
    watch.sent(due, clock.now())
    await link.command(command)
    await link.onTaken()
    const state = await link.states.find(command, link.stateDeadlineMs)
    if (state !== null) watch.completed(state.atNs)
    await link.settled()
    silent = state === null ? silent + 1 : 0
    if (silent >= MAX_SILENT_COMMANDS) return
  }
}
