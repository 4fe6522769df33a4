import { randomUUID } from 'node:crypto'
import { InstrumentError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { closed, lost, requireScheme, stopped } from '../connection-errors.ts'
import { Lifeline } from '../connections/lifeline.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { disposeOnAbort, nothingToDispose } from '../once-disposed.ts'
import type { Transport } from '../transport.ts'
import { MemoryBroker } from './memory-broker.ts'

interface Served {
  readonly broker: MemoryBroker
  readonly peers: Set<Lifeline>
}

/** The brokers that are up in this process, by the host of their address. */
const served = new Map<string, Served>()

/**
 * The broker as a map from topic to subscribers, and nothing else: what a
 * message costs when no protocol and no kernel is in its way. `serve` and
 * `connect` have to run in the same process.
 */
export const memory: Transport<NoOptions> = {
  id: 'memory',
  title: {
    en: 'in-memory broker, a map in one process (control)',
    'zh-TW': '記憶體內代理伺服器，同一程序裡的 map（對照）',
  },
  traits: {
    client: 'bare',
    protocol: 'none',
    flows: ['uplink', 'fanout'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 905, groups: ['controls'] },
  parseOptions: refuseOptions('memory'),

  async serve(_options, { scenario, onArrival, signal }) {
    if (signal.aborted) throw stopped(signal)
    const name = randomUUID()
    const address = new URL(`memory://${name}`)
    const broker = new MemoryBroker()
    const peers = new Set<Lifeline>()
    // The application of an uplink is one of the broker's subscribers; a fan-out has its own.
    const unsubscribe =
      scenario.flow === 'uplink' ? broker.subscribe(scenario.topic, onArrival) : () => {}
    served.set(name, { broker, peers })
    return {
      address,
      [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
        served.delete(name)
        unsubscribe()
        for (const peer of peers) peer.cut(lost(address))
      }),
    }
  },

  async connect(address, _options, { scenario, signal }) {
    requireScheme('memory', address, 'memory:')
    if (signal.aborted) throw stopped(signal)
    const found = served.get(address.hostname)
    if (found === undefined) {
      throw new InstrumentError('connection', said('noBrokerHere', { address: address.href }))
    }
    const { broker, peers } = found
    const unsubscribing: (() => void)[] = []
    const lifeline = new Lifeline(signal, () => {
      peers.delete(lifeline)
      for (const unsubscribe of unsubscribing) unsubscribe()
    })
    peers.add(lifeline)
    return {
      async openProducer() {
        return {
          kind: 'paced',
          send: (payload) =>
            lifeline.wait((resolve, reject) => {
              broker.publish(scenario.topic, payload).then((subscribers) => {
                if (subscribers > 0) resolve()
                else reject(nobodySubscribed(scenario.topic))
              }, reject)
            }),
          [Symbol.asyncDispose]: nothingToDispose,
        }
      },
      async openConsumer(onDelivery) {
        if (lifeline.reason !== null) throw lifeline.reason
        const unsubscribe = broker.subscribe(scenario.topic, (payload) => {
          onDelivery(payload)
          return undefined
        })
        unsubscribing.push(unsubscribe)
        return { [Symbol.asyncDispose]: async () => unsubscribe() }
      },
      [Symbol.asyncDispose]: async () => lifeline.cut(closed(address)),
    }
  },
}

function nobodySubscribed(topic: string): InstrumentError {
  return new InstrumentError('connection', said('nobodySubscribed', { topic }))
}
