import type { Said } from '../../model/said/said.ts'
/**
 * What generates load on one transport: many connections, many messages in
 * flight. A driver sends and counts; it keeps no figure beyond its tally, and
 * reads the clock that it is given.
 */
export interface LoadDriver extends AsyncDisposable {
  /**
   * Opens all connections, no more of them a second than asked for. Resolves when
   * every one is open or has failed.
   */
  connect(): Promise<ConnectTally>
  /**
   * Sends until the work is done, then waits for what is unacknowledged, at most
   * as long as the work allows. Never rejects for what happens to a message or a
   * connection: that is counted. Called again for a further stretch, on the
   * connections that are there: a warm-up, then each step. One that is lost is
   * opened again, as devices do. One with a message that is unacknowledged when the
   * wait is over is given up: a late answer would be counted to the next stretch.
   */
  drive(work: LoadWork, observer: LoadObserver): Promise<LoadTally>
}

/** What every driver can be asked for, whatever its protocol. */
export interface LoadShape {
  readonly connections: number
  /** Messages sent and not yet completed, at most, on each connection. */
  readonly inFlight: number
  /** Connections opened a second, at most; null: as fast as they open. */
  readonly connectPerSecond: number | null
}

export interface LoadWork {
  /** When messages are due, over all connections; null: as there is room in flight, which a driver may fill in batches. */
  readonly pacer: Pacer | null
  /** Ends the sending, whichever comes first; a pacer may end it earlier. */
  readonly until: { readonly messages: number; readonly elapsedNs: number }
  /** How long to wait at the end for what is still unacknowledged, in milliseconds. */
  readonly drainMs: number
  readonly signal: AbortSignal
}

/** Pure arithmetic, without a clock. */
export interface Pacer {
  /**
   * @param elapsedNs since the start of the work
   * @param sent messages that have been given a due instant so far
   * @returns when the next message is due, in nanoseconds from the start; it may
   *   be past. Null: there is none any more
   */
  next(elapsedNs: number, sent: number): number | null
}

export interface LoadObserver {
  /**
   * A message was completed, as the transport's completion has it: where that is
   * `flushed`, the response is none, and only the send delay is of use.
   * @param responseNs from its due instant; without a pacer from when it was sent
   * @param sendDelayNs from its due instant to its sending; 0 without a pacer
   */
  completed(responseNs: number, sendDelayNs: number): void
}

export interface ConnectTally {
  readonly opened: number
  /** By what went wrong, in words. */
  readonly failed: ReadonlyMap<Said, number>
  readonly elapsedNs: number
}

/** `sent` = `completed` + `unacknowledged`, whatever happened. */
export interface LoadTally {
  /** Due, be it sent or not; equal to `sent` without a pacer. */
  readonly offered: number
  /** Handed to the kernel, or to the library where that is who sends. */
  readonly sent: number
  readonly completed: number
  /** Sent, and not completed when the work ended or its connection was lost. */
  readonly unacknowledged: number
  /** Answers that say no: an HTTP status of 400 or more, a reason code of 128 or more. They are completed too. */
  readonly refused: number
  /** What befell connections, by what happened, in words. */
  readonly lostConnections: ReadonlyMap<Said, number>
  /** Lost connections that were opened again. */
  readonly reopenedConnections: number
  /** Those that the server ended in order, as HTTP lets it, and that were opened again: nothing was lost on them. */
  readonly renewedConnections: number
  /** Messages that were sent again, since their connection was ended under them; counted as sent once. */
  readonly repeatedMessages: number
  /** From the first message to the last completion, the wait at the end excluded where nothing came. */
  readonly elapsedNs: number
}
