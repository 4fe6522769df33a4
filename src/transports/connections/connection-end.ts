import type { InstrumentError } from '../../model/errors.ts'

/** What a client knows of a connection that ends. */
export interface ConnectionEnd {
  /**
   * What the server said before it went.
   *
   * - `no-more`: it takes no further message, and nothing is wrong:
   *   `Connection: close` (RFC 9112 §9.6), GOAWAY without an error (RFC 9113 §6.8).
   * - `fault`: it ends the connection for a cause: GOAWAY with an error, and
   *   whatever an MQTT server ends one with (MQTT 5.0 §3.14.2.1; 3.1.1 has it say nothing).
   */
  readonly said: 'nothing' | 'no-more' | 'fault'
  /** Whether it ever answered a message on this connection. */
  readonly hasAnswered: boolean
  readonly awaited: Awaited
  /** For whoever has to be told. */
  readonly reason: InstrumentError
}

/**
 * What is known of a message that is not answered when its connection ends.
 *
 * - `nothing`: there is none.
 * - `unsent`: not a byte of it has left.
 * - `untouched`: the server has said that it did nothing with it: it came behind
 *   the last answer (RFC 9112 §9.6), or behind the last stream (RFC 9113 §6.8).
 * - `unknown`: nothing of its answer came.
 * - `part`: its answer has begun, or the server has promised one.
 */
export type Awaited = 'nothing' | 'unsent' | 'untouched' | 'unknown' | 'part'

/**
 * What follows from the end of a connection.
 *
 * - `renew`: nothing was under way; the next message opens another.
 * - `repeat`: the same, and the message that was under way goes out again.
 * - `lost`: the connection, and what was under way on it.
 */
export type EndMeaning = 'renew' | 'repeat' | 'lost'

/**
 * The one place where that is decided, for every transport and every pass.
 *
 * A server may end an idle HTTP connection at any time, and its clients open
 * another (RFC 9112 §9.5, RFC 9113 §9.1). One that ends before it ever answered
 * wants no connection. A server that goes just as the next message comes leaves
 * a client without an answer, and without knowing why: what is measured may be
 * sent again, since a reading twice is a reading, and curl and browsers do the
 * same; it is counted, as it may have arrived twice (RFC 9110 §9.2.2). With more
 * than one message at stake nobody knows what was done with which.
 *
 * An MQTT server ends a connection for a cause, and a session ends with it.
 */
export function meaningOf({
  said,
  hasAnswered,
  awaited,
}: Omit<ConnectionEnd, 'reason'>): EndMeaning {
  if (said === 'fault' || !hasAnswered || awaited === 'part') return 'lost'
  return awaited === 'nothing' ? 'renew' : 'repeat'
}

/** A message that its connection left without an answer, and what is known of both. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  readonly end: ConnectionEnd

  constructor(end: ConnectionEnd) {
    super(end.reason.message, { cause: end.reason })
    this.end = end
  }
}
