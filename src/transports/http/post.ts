import type { Scenario } from '../../model/scenario/scenario.ts'
import { nothingToDispose } from '../once-disposed.ts'
import type { ConnectContext, PacedProducer } from '../transport.ts'
import { requireAnswer } from './answer.ts'
import type { FetchConnection } from './fetch-connection.ts'
import { requestHeadersOf } from './request-headers.ts'

/** A POST a message; answered when all of the scenario's answer is here. */
export function postingProducer(
  connection: FetchConnection,
  url: URL,
  context: ConnectContext,
): PacedProducer {
  const { scenario } = context
  return {
    kind: 'paced',
    async send(payload) {
      requireAnswer(url, await post(connection, url, scenario, payload), context)
    },
    settled: () => connection.settled(),
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
