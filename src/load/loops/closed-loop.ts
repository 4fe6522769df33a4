import type { ArrivalNotices } from '../../delivery/arrival-notices.ts'
import type { Producer } from '../../transports/transport.ts'
import type { MessageWatch } from './record.ts'

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
 * @throws whatever the producer rejects with; `watch` was told what was done until then
 */
export async function runClosedLoop(
  producer: Producer,
  messages: Iterable<Uint8Array>,
  now: () => bigint,
  watch: MessageWatch,
  notices: ArrivalNotices | null,
): Promise<void> {
  if (producer.kind === 'self-driving') {
    const all = [...messages]
    for (const payload of all) watch.sending(payload)
    // The first message of a self-driving client is due when it is sent: what
    // comes before is its own connecting.
    let due: bigint | null = null
    await producer.drive(all, now, (sentNs, completedNs) => {
      watch.sent(due ?? sentNs, sentNs)
      watch.completed(completedNs)
      due = completedNs
    })
    return
  }
  let due = now()
  let silent = 0
  for (const payload of messages) {
    watch.sending(payload)
    const sent = now()
    await producer.send(payload)
    const completed = now()
    watch.sent(due, sent)
    watch.completed(completed)
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
