import { scenarioSchema } from '../../src/model/scenario.ts'
import type { Direction } from '../../src/model/words.ts'
import { loadTransport } from '../../src/transports/registry.ts'
import { openRelay } from '../../src/wire/relay.ts'
import type { Conversation } from './dissection.ts'

const scenario = scenarioSchema.parse({ name: 'a', title: 'a', payload: { text: '' } })

/** One session of an uplink as it crossed the wire: the payloads, a keep-alive, goodbye. */
export async function recordSession(
  id: string,
  payloads: readonly Uint8Array[],
): Promise<Conversation> {
  const transport = await loadTransport(id)
  const { signal } = new AbortController()
  const context = { scenario, host: '127.0.0.1', onArrival: () => undefined, signal }
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
    for (const payload of payloads) await producer.send(payload)
    await peer.keepAlive?.()
  }
  await relay.drained()
  return conversation
}
