import { InstrumentError } from '../../model/errors.ts'
import { placeOf } from '../connection-errors.ts'
import type { ConnectContext } from '../transport.ts'

/** RFC 9110 §15: from here on the client or the server has failed. */
const FIRST_FAILURE = 400
const UNAUTHORIZED = 401

/**
 * Whether an answer completes the message: an endpoint of ours answers what the
 * scenario says, a server that is not ours anything but a failure. A redirect is
 * an answer, and is not followed.
 * @throws InstrumentError `connection` where it is not the scenario's; `refused`
 */
export function requireAnswer(
  url: URL,
  status: number,
  { scenario, access }: Pick<ConnectContext, 'scenario' | 'access'>,
): void {
  const problem =
    access === undefined ? unexpected(status, scenario.http.response.status) : refusal(status)
  if (problem === null) return
  throw new InstrumentError(
    access === undefined ? 'connection' : 'refused',
    `POST ${url.pathname} at ${placeOf(url)} was answered ${status}; ${problem}`,
  )
}

const unexpected = (status: number, expected: number): string | null =>
  status === expected ? null : `http.response.status of the scenario is ${expected}`

function refusal(status: number): string | null {
  if (status < FIRST_FAILURE) return null
  return status === UNAUTHORIZED
    ? 'give credentials in the URL, the environment or a header Authorization'
    : 'only an answer below 400 completes a message'
}
