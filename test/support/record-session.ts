import { scenarioSchema } from '../../src/model/scenario/scenario.ts'
import type { Direction, Flow } from '../../src/model/vocabulary.ts'
import { loadTransport } from '../../src/transports/registry.ts'
import type { App, PacedProducer, Peer } from '../../src/transports/transport.ts'
import { openRelay } from '../../src/wire/relay/tcp-relay.ts'
import type { Conversation } from './dissection.ts'

interface Device {
  readonly peer: Peer
  readonly producer: PacedProducer
  /** Connects past the relay: an app's link is not the device's. */
  connectApp(): Promise<App>
}

/** One session of a device as it crossed the wire, from connecting to goodbye. */
export async function recordSession(
  id: string,
  flow: Flow,
  use: (device: Device) => Promise<void>,
): Promise<Conversation> {
  const scenario = scenarioSchema.parse({ name: 'a', title: 'a', flow, payload: { text: '' } })
  const transport = await loadTransport(id)
  const { signal } = new AbortController()
  const onArrival = () => undefined
  const context = { scenario, host: '127.0.0.1', onArrival, signal }
  await using endpoint = await transport.serve({}, context)
  const conversation: [Direction, Uint8Array][] = []
  const address = new URL(endpoint.address)
  await using relay = await openRelay({
    target: { host: address.hostname, port: Number(address.port) },
    openTap: () => ({
      bytes: (direction, chunk) => conversation.push([direction, Uint8Array.from(chunk)]),
      end: () => {},
    }),
    signal,
  })
  address.port = String(relay.address.port)
  {
    await using peer = await transport.connect(address, {}, { scenario, signal })
    const producer = await peer.openProducer()
    if (producer.kind !== 'paced') throw new Error(`${id} drives itself`)
    const connectApp = async (): Promise<App> => {
      const app = await transport.connectApp?.(endpoint.address, {}, { scenario, signal })
      if (app === undefined) throw new Error(`${id} has no app`)
      return app
    }
    await use({ peer, producer, connectApp })
  }
  await relay.drained()
  return conversation
}
