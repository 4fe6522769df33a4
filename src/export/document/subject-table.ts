import type { SubjectCount } from '../../model/report/subjects.ts'
import { formatCount } from '../../model/text/format.ts'
import { type Block, cellText, heading, paragraph } from './document.ts'

const MOST_SHOWN = 20

/** Topics and paths, the greatest first: messages, bytes, bytes a message, share. */
export function subjectBlocks(subjects: readonly SubjectCount[], most = MOST_SHOWN): Block[] {
  if (subjects.length === 0) return []
  const total = subjects.reduce((sum, { bytes }) => sum + bytes, 0)
  const rest = subjects.slice(most)
  const right = ['messages', 'bytes', 'a message', 'share']
  return [
    heading(2, 'topics and paths'),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: '', align: 'left' },
        { title: 'topic or path', align: 'left' },
        ...right.map((title) => ({ title, align: 'right' as const })),
      ],
      groups: subjects.slice(0, most).map(({ direction, name, messages, bytes }) => ({
        first: cellText(direction === 'up' ? '→' : '←'),
        rows: [
          [
            cellText(name),
            cellText(formatCount(messages)),
            cellText(formatCount(bytes)),
            cellText(formatCount(bytes / messages)),
            cellText(`${((100 * bytes) / total).toFixed(1)} %`),
          ],
        ],
      })),
    },
    ...(rest.length === 0
      ? []
      : [
          paragraph(
            `and ${formatCount(rest.length)} more: ${formatCount(rest.reduce((sum, { messages }) => sum + messages, 0))} messages, ${formatCount(rest.reduce((sum, { bytes }) => sum + bytes, 0))} B`,
          ),
        ]),
  ]
}
