import { InstrumentError, SaidError } from '../../../model/errors.ts'
import { type Said, said } from '../../../model/said/said.ts'
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
  const read = async (response: Response): Promise<Uint8Array | null> => {
    const content = new Uint8Array(await response.arrayBuffer())
    if (response.status === 204) return null
    if (response.status !== 200) throw unexpectedAnswer(url, response, said('awaitedMessage'))
    return content
  }
  return connection.use((socket) => socket.request(url, { headers: ownHeadersOf(scenario) }, read))
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
  const read = async (response: Response): Promise<never> => {
    const type = response.headers.get('content-type') ?? ''
    if (response.status !== 200 || !type.startsWith(EVENT_STREAM_TYPE)) {
      throw unexpectedAnswer(url, response, said('awaitedStream', { type: EVENT_STREAM_TYPE }))
    }
    onOpen()
    const reader = new EventStreamReader()
    for await (const chunk of response.body ?? []) {
      for (const item of reader.feed(chunk)) onItem(item)
    }
    throw new SaidError(said('eventsEnded'))
  }
  return connection.use((socket) => socket.request(url, { headers }, read))
}

function unexpectedAnswer(url: URL, { status }: Response, awaited: Said): InstrumentError {
  const what = { method: 'GET', path: url.pathname, place: placeOf(url), status, awaited }
  return new InstrumentError('connection', said('answeredNot', what))
}
