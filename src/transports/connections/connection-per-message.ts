import { closed } from '../connection-errors.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import type { ConnectContext, PacedProducer, Peer, Producer } from '../transport.ts'
import { Lifeline } from './lifeline.ts'

/**
 * A device that is connected only while it has something to say: each message, or
 * the first of several, opens a connection, and the last that is sent on it closes it.
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
 * @param messages that are sent on a connection; the last one may have fewer
 */
export function connectPerMessage(
  address: URL,
  context: ConnectContext,
  open: (context: ConnectContext) => Promise<Peer>,
  messages = 1,
): Peer {
  const abort = new AbortController()
  const lifeline = new Lifeline(context.signal, (reason) => abort.abort(reason))
  const own: ConnectContext = { ...context, signal: abort.signal }
  let settled: Promise<void> = Promise.resolve()
  let connected: { peer: Peer; producer: Producer; left: number } | null = null

  const close = async (): Promise<void> => {
    const peer = connected?.peer
    connected = null
    await peer?.[Symbol.asyncDispose]()
  }
  const connect = async (): Promise<NonNullable<typeof connected>> => {
    const peer = await open(own)
    connected = { peer, producer: await peer.openProducer(), left: messages }
    return connected
  }
  const exchange = async (payload: Uint8Array, complete: () => void): Promise<void> => {
    if (lifeline.reason !== null) throw lifeline.reason
    let isLast = true
    try {
      const connection = connected ?? (await connect())
      connection.left -= 1
      if (connection.producer.kind === 'paced') await connection.producer.send(payload)
      complete()
      isLast = connection.left === 0
    } finally {
      if (isLast) await close()
    }
  }

  const producer: PacedProducer = {
    kind: 'paced',
    connections: 'own',
    ...(messages > 1 && { messagesPerWake: messages }),
    awake: () => connected !== null,
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
      await close()
      lifeline.cut(closed(address))
    }),
  }
}
