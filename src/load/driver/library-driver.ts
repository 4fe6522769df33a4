import { InstrumentError } from '../../model/errors.ts'
import { ConnectionDriver } from './connection-driver.ts'
import type { DriverRequest } from './driver-request.ts'
import { LibraryConnection } from './library-connection.ts'
import { turnsOf } from './turn.ts'

export interface LibraryDriverSettings
  extends Pick<
    DriverRequest,
    'shape' | 'payloads' | 'now' | 'topicNumber' | 'connectPeer' | 'signal'
  > {
  readonly client: string
}

/**
 * Drives the client library that a transport ships with, any of them: so a user
 * sees what it can carry. What a library does with more messages than its
 * protocol has room for is its own affair: `fetch` does not pipeline, so that all
 * but one of a connection wait inside of it.
 */
export function openLibraryDriver(settings: LibraryDriverSettings): ConnectionDriver {
  const { client, shape, payloads, now, connectPeer, signal, topicNumber } = settings
  const turnOf = turnsOf(topicNumber)
  return new ConnectionDriver({
    ...{ shape, now, signal },
    async open(index, share) {
      const peer = await connectPeer(index)
      try {
        const producer = await peer.openProducer()
        if (producer.kind === 'self-driving') {
          throw new InstrumentError('internal', `${client} decides by itself when it sends`)
        }
        // A connection a message: they follow each other, and one is all that is in flight.
        const window = producer.connections === 'own' ? 1 : shape.inFlight
        return new LibraryConnection({
          ...{ peer, producer, payloads, window, share },
          turn: turnOf(index),
        })
      } catch (error) {
        await peer[Symbol.asyncDispose]()
        throw error
      }
    },
  })
}
