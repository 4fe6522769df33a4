import type { ArrivalNotices } from '../../delivery/arrival-notices.ts'
import type { Producer } from '../../transports/transport.ts'

/** The instants of one block of messages, in nanoseconds, one entry a message in the order of sending. */
export interface LoopRecord {
  dueNs: bigint[]
  sentNs: bigint[]
  completedNs: bigint[]
}

/** So many messages in a row without an arrival end a block: waiting on would only burn its deadline. */
const MAX_SILENT_MESSAGES = 3

/**
 * One message in flight: each is due the instant the one before it was done,
 * and whatever it leaves behind.
 *
 * Where completion is `flushed`, "done" is no event of the protocol; the loop
 * then waits for the arrival notice, so that QoS 0 too has one message in
 * flight. The notice travels after the arrival was stamped and never on the
 * measured connection.
 *
 * @throws whatever the producer rejects with; `record` holds what was done until then
 */
export async function runClosedLoop(
  producer: Producer,
  payloads: readonly Uint8Array[],
  now: () => bigint,
  record: LoopRecord,
  notices: ArrivalNotices | null,
): Promise<void> {
  let due = now()
  if (producer.kind === 'self-driving') {
    await producer.drive(payloads, now, (sentNs, completedNs) => {
      // The first message of a self-driving client is due when it is sent:
      // what comes before is its own connecting.
      record.dueNs.push(record.completedNs.at(-1) ?? sentNs)
      record.sentNs.push(sentNs)
      record.completedNs.push(completedNs)
    })
    return
  }
  let silent = 0
  for (const payload of payloads) {
    const sent = now()
    await producer.send(payload)
    const completed = now()
    record.dueNs.push(due)
    record.sentNs.push(sent)
    record.completedNs.push(completed)
    due = completed
    if (producer.settled !== undefined) {
      await producer.settled()
      due = now()
    }
    if (notices === null) continue
    silent = (await notices.next()) ? 0 : silent + 1
    if (silent >= MAX_SILENT_MESSAGES) return
    due = now()
  }
}
