import type { SubjectCount } from '../../model/report/subjects.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { ARROWS, WORDS } from '../words.ts'
import { type Block, heading, paragraph, plainTable, rowGroup } from './document.ts'

const say = catalogue({
  en: {
    title: 'topics and paths',
    name: 'topic or path',
    messages: 'messages',
    aMessage: 'a message',
    share: 'share',
    more: (count: string, messages: string, bytes: string) =>
      `and ${count} more: ${messages} messages, ${bytes}`,
  },
  'zh-TW': {
    title: '主題與路徑',
    name: '主題或路徑',
    messages: '訊息',
    aMessage: '每則訊息',
    share: '比例',
    more: (count, messages, bytes) => `還有 ${count} 個：${messages} 則訊息，${bytes}`,
  },
})

const MOST_SHOWN = 20

/** Topics and paths of all protocols, the greatest first: messages, bytes, bytes a message, share. */
export function subjectBlocks(
  protocols: readonly { readonly subjects: readonly SubjectCount[] }[],
): Block[] {
  const subjects = protocols.flatMap((each) => each.subjects).sort((a, b) => b.bytes - a.bytes)
  if (subjects.length === 0) return []
  const total = subjects.reduce((sum, { bytes }) => sum + bytes, 0)
  const rest = subjects.slice(MOST_SHOWN)
  const right = [say.messages, WORDS.bytes, say.aMessage, say.share]
  return [
    heading(2, say.title),
    plainTable(
      ['', say.name],
      right,
      subjects
        .slice(0, MOST_SHOWN)
        .map(({ direction, name, messages, bytes }) =>
          rowGroup(ARROWS[direction], [
            name,
            formatCount(messages),
            formatCount(bytes),
            formatCount(bytes / messages),
            `${((100 * bytes) / total).toFixed(1)} %`,
          ]),
        ),
    ),
    ...(rest.length === 0
      ? []
      : [
          paragraph(
            say.more(
              formatCount(rest.length),
              formatCount(rest.reduce((sum, { messages }) => sum + messages, 0)),
              formatBytes(rest.reduce((sum, { bytes }) => sum + bytes, 0)),
            ),
          ),
        ]),
  ]
}
