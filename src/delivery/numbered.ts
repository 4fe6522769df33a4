import type { Scenario } from '../model/scenario/scenario.ts'
import { createPayloads } from '../scenario/payload.ts'

/*
 * Publishers and subscribers that are processes of their own, on machines of their
 * own, agree on topics and payloads by these rules alone. A broker keeps the order
 * of what one connection publishes to one topic ([MQTT-4.6.0-6]), so each
 * connection has a topic of its own, and numbers its messages by what their
 * payloads hold already: nothing is added to them.
 */

const DIGITS = 6

/** Bytes at the end of such a topic that differ from one to the other. */
export const NUMBER_BYTES = DIGITS

/** @param number of the connection among those of all parts, from 1 */
export const topicOf = (topic: string, number: number): string =>
  `${topic}/c${String(number).padStart(DIGITS, '0')}`

/** The other way round. */
export const numberOf = (topic: string): number => Number(topic.slice(-DIGITS))

/** The most messages of a connection before its numbers begin again, and their bytes. */
const MOST_NUMBERED = 10_000
const MOST_BYTES = 1_048_576
/** With fewer than these a number would not tell a message from the one a round later. */
const LEAST_NUMBERED = 8

/** What a connection sends in turn. */
export interface PayloadCycle {
  readonly payloads: readonly Uint8Array[]
  /** Each holds the number of its message and is like no other; false: only counts can be checked. */
  readonly isNumbered: boolean
}

/** The payloads of each connection of a load whose two ends are apart. */
export function payloadCycle(scenario: Scenario, fileBytes: Uint8Array | null): PayloadCycle {
  const source = createPayloads(scenario, fileBytes ?? undefined)
  const payloads: Uint8Array[] = []
  const seen = new Set<string>()
  let bytes = 0
  while (payloads.length < MOST_NUMBERED && (payloads.length === 0 || bytes < MOST_BYTES)) {
    const payload = source.payload(payloads.length)
    const text = latin1(payload)
    if (source.distinct && seen.has(text)) break
    // A constant payload is one array for all messages.
    if (payloads[0] === payload) break
    seen.add(text)
    payloads.push(payload)
    bytes += payload.length
  }
  return { payloads, isNumbered: source.distinct && payloads.length >= LEAST_NUMBERED }
}

/** Of the same bytes the same text, and of no others. */
export const latin1 = (payload: Uint8Array): string =>
  Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('latin1')
