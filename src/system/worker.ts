import type { InstrumentError } from '../model/errors.ts'
import type { Commands } from './worker-channel.ts'

/** Who answers commands: a process of ours, or code in this one. */
export interface Worker<C extends Commands> {
  /**
   * @param deadlineMs how long to wait for the answer
   * @throws InstrumentError what the worker threw, `deadline`, or the worker's death
   */
  request<K extends keyof C & string>(
    command: K,
    input: Parameters<C[K]>[0],
    deadlineMs: number,
  ): Promise<Awaited<ReturnType<C[K]>>>
  /** Why it is gone; null while it lives. */
  readonly death: InstrumentError | null
}

/**
 * Commands answered in this process, on this event loop: for whatever does not
 * depend on placement. There is nobody who could die or hang apart from us, so
 * the deadlines of the work itself are all there are.
 */
export const localWorker = <C extends Commands>(commands: C): Worker<C> => ({
  death: null,
  request: async (command, input) => (await commands[command]?.(input)) as never,
})
