import { InstrumentError } from '../../model/errors.ts'
import type { Scenario } from '../../model/scenario.ts'
import { placeOf } from '../connection-errors.ts'
import { nothingToDispose } from '../once-disposed.ts'
import type { PacedProducer } from '../transport.ts'
import type { FetchConnection } from './fetch-connection.ts'
import { requestHeadersOf } from './request-headers.ts'

/** A POST a message; answered when all of the scenario's answer is here. */
export function postingProducer(
  connection: FetchConnection,
  url: URL,
  scenario: Scenario,
): PacedProducer {
  return {
    kind: 'paced',
    async send(payload) {
      const status = await post(connection, url, scenario, payload)
      if (status !== scenario.http.response.status) throw unexpectedStatus(url, status, scenario)
    },
    [Symbol.asyncDispose]: nothingToDispose,
  }
}

/**
 * @returns the status, once all of the answer is here
 * @throws InstrumentError `connection` where none came
 */
export function post(
  connection: FetchConnection,
  url: URL,
  scenario: Scenario,
  payload: Uint8Array,
): Promise<number> {
  const init: RequestInit = {
    method: 'POST',
    headers: requestHeadersOf(scenario),
    body: payload as NonNullable<RequestInit['body']>,
  }
  return connection.request(url, init, async (response) => {
    await response.arrayBuffer()
    return response.status
  })
}

/** The answer came, and is not the scenario's. */
export function unexpectedStatus(url: URL, status: number, scenario: Scenario): InstrumentError {
  return new InstrumentError(
    'connection',
    `POST ${url.pathname} at ${placeOf(url)} was answered ${status}; http.response.status of the scenario is ${scenario.http.response.status}`,
  )
}
