import { setTimeout as sleep } from 'node:timers/promises'
import { saidOf } from '../../model/errors.ts'
import { countSaid } from '../../model/said/count-said.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { ConnectTally, LoadShape } from './load-driver.ts'

export interface Opening<C> {
  readonly shape: LoadShape
  /** Handshakes under way at once, so that a listener's backlog does not overflow. */
  readonly atOnce: number
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** Opens connection n, from 0. Why it fails is what the failure is counted under. */
  readonly open: (index: number) => Promise<C>
  readonly onOpened: (index: number, connection: C) => void
}

/** Opens every connection of a load, no more of them a second than asked for; each is opened or counted as failed. */
export async function openConnections<C>(opening: Opening<C>): Promise<ConnectTally> {
  const { shape, atOnce, now, signal, open, onOpened } = opening
  const startedNs = now()
  const failed = new Map<Said, number>()
  let opened = 0
  let next = 0
  const openInTurn = async (): Promise<void> => {
    while (next < shape.connections && !signal.aborted) {
      const index = next
      next += 1
      await untilTurn(index, startedNs, opening)
      try {
        onOpened(index, await open(index))
        opened += 1
      } catch (error) {
        countSaid(failed, saidOf(error))
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, openInTurn))
  const notBegun = shape.connections - next
  if (notBegun > 0) failed.set(said('notBegun'), notBegun)
  return { opened, failed, elapsedNs: now() - startedNs }
}

async function untilTurn(
  index: number,
  startedNs: number,
  { shape, now, signal }: Pick<Opening<unknown>, 'shape' | 'now' | 'signal'>,
): Promise<void> {
  if (shape.connectPerSecond === null) return
  const dueNs = startedNs + (index * 1e9) / shape.connectPerSecond
  const waitMs = (dueNs - now()) / 1e6
  // It rejects when it is stopped, and then opening fails for that reason.
  if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {})
}
