import type { Said } from '../../model/said/said.ts'
import type { LoadObserver } from './load-driver.ts'

/**
 * One connection under load, whoever speaks on it: messages are put into its next
 * batch while it has room, and leave together.
 */
export interface LoadConnection {
  readonly closed: boolean
  readonly lost: boolean
  /** Messages that can be sent now; 0 while the kernel takes no more, and once it is lost. */
  readonly room: number
  /** Most that can be in flight. */
  readonly windowSize: number
  /** Sent, and not completed. */
  readonly unacknowledged: number
  /** Something was sent on it, and never anything completed: whoever it speaks to, opening it again is of no use. */
  readonly isUnanswered: boolean
  /** Seconds without a packet after which a server ends it; 0: none that we would have to ping in. */
  readonly keepAliveS: number
  /** Only while there is room. */
  enqueue(dueNs: number, sentNs: number): void
  flush(): void
  /**
   * Gives it up with what is in flight, if anything is: the wait for it is over.
   * Nothing has befallen it, so that it is counted by its messages alone.
   */
  abandon(): void
  /** Of one that the server has ended: the message that is to be sent again, once; null where there is none. */
  takeUnanswered(): UnansweredMessage | null
  /** On the one that takes its place: it has been counted as sent. */
  resend(message: UnansweredMessage): void
  /** One look of the keep-alive: at least twice in its time. */
  keepAlive(): void
  /** Says goodbye where it can still be heard. */
  close(): void
  destroy(): void
  /** Resolves when the socket is closed. */
  ended(): Promise<void>
}

/** A message that its connection left unanswered, to be sent again on the one in its place. */
export interface UnansweredMessage {
  readonly dueNs: number
  readonly sentNs: number
  readonly bytes: Uint8Array
}

/** What all connections of a driver share. */
export interface ConnectionShare {
  readonly now: () => number
  /** Where completions go. */
  observer: LoadObserver
  /** Of the messages of all connections, since the start of the stretch. */
  readonly tally: StretchTally
  /** A slot became free, or what stood in the way of writing is gone; `next turn`: not by I/O. */
  onRoom(connection: LoadConnection, when: 'now' | 'next turn'): void
  /** The server has ended it, with nothing in flight but what can be sent again. */
  onEnded(connection: LoadConnection): void
  /** Nothing can be sent on it any more, and what was in flight stays unacknowledged. */
  onLost(connection: LoadConnection, reason: Said): void
}

export interface StretchTally {
  sent: number
  completed: number
  unacknowledged: number
  refused: number
  /** On the clock of the driver. */
  lastCompletionNs: number
}

export const emptyTally = (): StretchTally => ({
  ...{ sent: 0, completed: 0, unacknowledged: 0, refused: 0, lastCompletionNs: 0 },
})
