import { lost } from '../../connection-errors.ts'
import { disposeOnce, nothingToDispose } from '../../once-disposed.ts'
import type { ConnectContext, Peer } from '../../transport.ts'
import { type FetchConnection, openFetchConnection } from '../fetch-connection.ts'
import { postingProducer } from '../post.ts'
import { deviceUrls } from './urls.ts'

/** The connection on which a device waits, and whom to tell of what comes. */
export interface Wait {
  readonly connection: FetchConnection
  readonly url: URL
  /** No command can be missed any more. */
  readonly onOpen: () => void
  readonly onDelivery: (payload: Uint8Array) => void
  /** A wait was over without a command. */
  readonly onQuiet: () => void
}

/**
 * A device that has one connection on which it waits, and another on which it
 * reports: a request that is not answered blocks its connection. The first of
 * the two that is needed is opened at once, the other when it is needed.
 * @param waitOn waits until the connection is given up; rejects with the reason why it ended
 * @throws InstrumentError `connection`
 */
export async function connectWaitingDevice(
  address: URL,
  context: ConnectContext,
  waitOn: (wait: Wait) => Promise<never>,
): Promise<Peer> {
  const { scenario } = context
  const { sends, receives } = deviceUrls(address, scenario)
  const first = await openFetchConnection(address, context, { patience: 'endless' })
  const connections: FetchConnection[] = []
  const take = async (): Promise<FetchConnection> => {
    const connection =
      connections.length === 0
        ? first
        : await openFetchConnection(address, context, { patience: 'endless' })
    connections.push(connection)
    return connection
  }
  const heard: (() => void)[] = []
  let waiting = first
  return {
    openProducer: async () => postingProducer(await take(), sends, context),
    async openConsumer(onDelivery) {
      const connection = await take()
      waiting = connection
      await connection.wait((resolve) => {
        waitOn({
          connection,
          url: receives,
          onOpen: resolve,
          onDelivery,
          onQuiet: () => {
            for (const tell of heard.splice(0)) tell()
          },
        }).catch((error: unknown) => connection.cut(lost(address, error)))
      })
      return { [Symbol.asyncDispose]: nothingToDispose }
    },
    keepAlive: () => waiting.wait((resolve) => heard.push(resolve)),
    [Symbol.asyncDispose]: disposeOnce(async () => {
      await Promise.all([first, ...connections].map((each) => each[Symbol.asyncDispose]()))
    }),
  }
}
