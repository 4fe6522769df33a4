import { closed } from './connection-errors.ts'
import { Lifeline } from './lifeline.ts'
import { disposeOnce, nothingToDispose } from './once-disposed.ts'
import type { ConnectContext, PacedProducer, Peer } from './transport.ts'

/**
 * A device that is connected only while it has something to say: each message
 * opens a connection, is sent on it, and closes it.
 *
 * `send` resolves when the message is complete, so a latency covers everything
 * from nothing to the acknowledgement, and not the goodbye, which nobody waits
 * for. The goodbye follows at once and is over before the next connection opens:
 * `settled` waits for it, so that it is in the bytes and in no latency.
 *
 * Nothing is connected before the first message, which is therefore the one to
 * find out that nobody is there.
 *
 * @param open connects a peer for one message
 */
export function connectPerMessage(
  address: URL,
  context: ConnectContext,
  open: (context: ConnectContext) => Promise<Peer>,
): Peer {
  const abort = new AbortController()
  const lifeline = new Lifeline(context.signal, (reason) => abort.abort(reason))
  const own: ConnectContext = { ...context, signal: abort.signal }
  let settled: Promise<void> = Promise.resolve()

  const exchange = async (payload: Uint8Array, complete: () => void): Promise<void> => {
    if (lifeline.reason !== null) throw lifeline.reason
    await using peer = await open(own)
    const producer = await peer.openProducer()
    if (producer.kind === 'paced') await producer.send(payload)
    complete()
  }

  const producer: PacedProducer = {
    kind: 'paced',
    send: (payload) =>
      lifeline.wait((resolve, reject) => {
        settled = settled.then(() => exchange(payload, resolve)).catch(reject)
      }),
    settled: () => settled,
    [Symbol.asyncDispose]: nothingToDispose,
  }
  return {
    openProducer: async () => producer,
    [Symbol.asyncDispose]: disposeOnce(async () => {
      // What is in flight ends at once; a goodbye that has begun is waited for.
      if (!lifeline.idle) lifeline.cut(closed(address))
      await settled
      lifeline.cut(closed(address))
    }),
  }
}
