import { describeError, saidOf } from '../../model/errors.ts'
import { hasRemedy, isCause } from '../../model/said/connection-sentences.ts'
import { quoted, type Said, said } from '../../model/said/said.ts'

/** What went wrong on a connection, and what would be right where that is known. */
export interface Cause {
  readonly what: Said
  readonly remedy?: Said
}

/** The system's code where there are no better words: the message of an AggregateError is empty. */
export function describeCause(error: unknown): Cause {
  const { code } = (error ?? {}) as { code?: unknown }
  if (typeof code !== 'string') return { what: quoted(saidOf(error)) }
  const isInterim = code === 'UND_ERR_SOCKET' && describeError(error) === 'bad response'
  const cause = isInterim ? 'INTERIM' : code
  return {
    what: said('cause', { code: cause }),
    ...(isCause(cause) && hasRemedy(cause) && { remedy: said('causeRemedy', { code: cause }) }),
  }
}
