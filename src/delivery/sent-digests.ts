import { createPayloads } from '../scenario/payload.ts'
import type { ArrivalColumns } from './arrival-recorder.ts'
import type { CellSpec } from './cell-spec.ts'
import { digestPayload } from './digest.ts'
import type { Arrival } from './match-arrivals.ts'

/** Where the messages of a scenario come from. */
export type SentMessages = Pick<CellSpec, 'scenario' | 'fileBytes'>

/** What the messages from `first` on must hold, computed apart from the process that sends them. */
export function sentDigests(planned: SentMessages, first: number, count: number): bigint[] {
  const source = createPayloads(planned.scenario, planned.fileBytes ?? undefined)
  // A constant payload is one array for all messages, and may be large.
  const known = new WeakMap<Uint8Array, bigint>()
  const digests: bigint[] = []
  for (let index = first; index < first + count; index += 1) {
    const payload = source.payload(index)
    const digest = known.get(payload) ?? digestPayload(payload)
    known.set(payload, digest)
    digests.push(digest)
  }
  return digests
}

export function columnsToArrivals({ digests, deliveredNs }: ArrivalColumns): Arrival[] {
  return Array.from(digests, (digest, index) => ({
    digest,
    deliveredNs: deliveredNs[index] ?? 0n,
  }))
}
