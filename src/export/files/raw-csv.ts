import { stringify } from 'csv-stringify/sync'
import type { RawMessage } from '../../model/report/raw.ts'

const COLUMNS = [
  'scenario',
  'transport',
  'round',
  'message',
  'due_ns',
  'sent_ns',
  'completed_ns',
  'delivered_ns',
]

/** The instants of every measured message, one row each, in nanoseconds from the start of the run. */
export function renderRawCsv(messages: readonly RawMessage[]): string {
  const rows = messages.map((message) => [
    message.scenario,
    message.transport,
    message.round,
    message.message,
    message.dueNs,
    message.sentNs,
    message.completedNs,
    message.deliveredNs,
  ])
  return stringify([COLUMNS, ...rows], { record_delimiter: 'windows' })
}
