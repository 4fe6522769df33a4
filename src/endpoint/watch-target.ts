import { InstrumentError, saidOf } from '../model/errors.ts'
import { quoted, said } from '../model/said/said.ts'
import { untilAnswered } from '../targets/answer-deadline.ts'
import type { Target } from '../targets/target.ts'
import { withholdSaid } from '../targets/withhold.ts'
import { optionsFor, type TransportOptions } from '../transports/run-options.ts'
import type {
  ArrivalWatch,
  ConnectContext,
  Endpoint,
  ServeContext,
  Transport,
} from '../transports/transport.ts'

/** Of many topics: a server answers for each of them, and has to read them first. */
const SUBSCRIBED_AT_ONCE = 20

/** A server that was there before, as an endpoint: nothing is started, and disposing stops nothing. */
export interface WatchedEndpoint extends Endpoint, ArrivalWatch {
  /** `told`: `onArrival` is called for what arrives; `untold`: nobody knows. */
  readonly arrivals: 'told' | 'untold'
  /** Why arrivals are not told any more; null while they are. */
  failure(): Error | null
}

/**
 * Watches what arrives at a target, over a connection of our own, where its
 * protocol has subscribers and the messages of the flow end at the server.
 * @throws InstrumentError why it cannot be watched
 */
export async function watchTarget(
  transport: Transport,
  target: Target,
  {
    scenario,
    options,
    onArrival,
    signal,
  }: Omit<ServeContext, 'host'> & { options: TransportOptions },
): Promise<WatchedEndpoint> {
  const address = new URL(target.address)
  const isTold = target.reported.arrivals === 'subscriber' && scenario.flow === 'uplink'
  if (!isTold || transport.watch === undefined) {
    return {
      address,
      arrivals: 'untold',
      listen: async () => {},
      pause: async () => {},
      failure: () => null,
      [Symbol.asyncDispose]: async () => {},
    }
  }
  const abort = new AbortController()
  const context: ConnectContext = {
    scenario,
    signal: AbortSignal.any([signal, abort.signal]),
    access: target.access,
  }
  const watching = transport.watch(address, optionsFor(transport, options), context, onArrival)
  try {
    const watch = await untilAnswered(target, () => watching)
    return {
      address,
      arrivals: 'told',
      async listen(topics) {
        if (topics === undefined) return untilAnswered(target, () => watch.listen())
        for (let from = 0; from < topics.length; from += SUBSCRIBED_AT_ONCE) {
          const some = topics.slice(from, from + SUBSCRIBED_AT_ONCE)
          await untilAnswered(target, () => watch.listen(some))
        }
      },
      pause: () => untilAnswered(target, () => watch.pause()),
      failure: () => {
        const failure = watch.failure()
        return failure === null ? null : lostWatch(failure, target)
      },
      [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
    }
  } catch (error) {
    abort.abort(error)
    throw error
  }
}

function lostWatch(cause: Error, { secrets }: Target): InstrumentError {
  const why = withholdSaid(quoted(saidOf(cause)), secrets)
  return new InstrumentError('connection', said('watchLost', { why }), { cause })
}
