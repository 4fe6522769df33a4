import { InstrumentError } from '../../../model/errors.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { placeOf } from '../../connection-errors.ts'
import { EVENT_STREAM_TYPE, EventStreamReader, type StreamItem } from '../event-stream.ts'
import type { FetchConnection } from '../fetch-connection.ts'
import { ownHeadersOf } from '../request/write-request.ts'

/**
 * Asks for one message.
 * @returns its bytes; null where there was none
 * @throws InstrumentError `connection`
 */
export function fetchMessage(
  connection: FetchConnection,
  url: URL,
  scenario: Scenario,
): Promise<Uint8Array | null> {
  return connection.request(url, { headers: ownHeadersOf(scenario) }, async (response) => {
    const content = new Uint8Array(await response.arrayBuffer())
    if (response.status === 204) return null
    if (response.status !== 200) throw unexpectedAnswer(url, response, '200 or 204')
    return content
  })
}

/**
 * Opens an event stream and reads it until the connection is given up.
 * @param onOpen called when the stream is there: from now on nothing is missed
 * @returns rejects with the reason why it ended
 */
export function readEvents(
  connection: FetchConnection,
  url: URL,
  scenario: Scenario,
  onOpen: () => void,
  onItem: (item: StreamItem) => void,
): Promise<never> {
  const headers = { accept: EVENT_STREAM_TYPE, ...ownHeadersOf(scenario) }
  return connection.request(url, { headers }, async (response) => {
    const type = response.headers.get('content-type') ?? 'no content type'
    if (response.status !== 200 || !type.startsWith(EVENT_STREAM_TYPE)) {
      throw unexpectedAnswer(url, response, `200 with ${EVENT_STREAM_TYPE}`)
    }
    onOpen()
    const reader = new EventStreamReader()
    for await (const chunk of response.body ?? []) {
      for (const item of reader.feed(chunk)) onItem(item)
    }
    throw new Error('the server ended the event stream')
  })
}

function unexpectedAnswer(url: URL, { status }: Response, expected: string): InstrumentError {
  return new InstrumentError(
    'connection',
    `GET ${url.pathname} at ${placeOf(url)} was answered ${status}, not ${expected}`,
  )
}
