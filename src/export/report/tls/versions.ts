import { type VersionBytes, versionBytesIn } from '../../../model/report/check/version-bytes.ts'
import type { Report } from '../../../model/report/report.ts'
import { saidText } from '../../../model/said/said.ts'
import { formatBytes } from '../../../model/text/format.ts'
import { catalogue, joinNames, listNames } from '../../../model/text/language.ts'
import { type Block, paragraph } from '../../document/document.ts'
import { WORDS } from '../../words.ts'

interface LineWords {
  versions: string
  what: string
  bytes: number
  directions: string
  per: 'connection' | 'message'
  isOwn: boolean
  transports: string
}

const say = catalogue({
  en: {
    title: 'bytes that depend on the version of Node:',
    line: ({ versions, what, bytes, directions, per, isOwn, transports }: LineWords) =>
      `${versions} ${what}: ${formatBytes(Math.abs(bytes))} ${bytes > 0 ? 'more' : 'less'} ${directions} per ${per}, ${isOwn ? 'in these figures' : 'not in these'} (${transports})`,
    several: (count: number) => `${count} transports over TLS`,
  },
  'zh-TW': {
    title: '隨 Node 版本而異的位元組：',
    line: ({ versions, what, bytes, directions, per, isOwn, transports }) =>
      `${versions}${what}：每${per === 'connection' ? '條連線' : '則訊息'}${directions}${bytes > 0 ? '多' : '少'} ${formatBytes(Math.abs(bytes))}，${isOwn ? '已含在' : '未含在'}這些數字裡（${transports}）`,
    several: (count) => `${count} 種經由 TLS 的傳輸方式`,
  },
})

/**
 * Which bytes of this report another version of Node would not have sent, and
 * which one would have sent besides: one line each, with the transports.
 */
export function versionBlocks(report: Report): Block[] {
  const found = new Map<VersionBytes, Set<string>>()
  for (const cell of report.cells) {
    if (cell.status === 'skipped' || cell.bytes === null || cell.target !== undefined) continue
    for (const each of versionBytesIn(cell, cell.bytes)) {
      found.set(each, (found.get(each) ?? new Set()).add(cell.transport))
    }
  }
  if (found.size === 0) return []
  const { node, openssl, libraries } = report.environment
  const versions: Readonly<Record<string, string>> = { node, openssl, ...libraries }
  const lines = [...found].map(([each, transports]) => {
    const version = versions[each.program]
    return say.line({
      versions: saidText(each.versions),
      what: saidText(each.what),
      bytes: each.bytes,
      directions: joinNames(each.directions.map((direction) => WORDS.directions[direction])),
      per: each.per,
      isOwn: version !== undefined && each.has(version),
      transports: named(transports),
    })
  })
  return [paragraph(say.title, 'faint'), ...lines.map((line) => paragraph(line, 'faint'))]
}

const MOST_NAMED = 4

const named = (transports: ReadonlySet<string>): string =>
  transports.size > MOST_NAMED ? say.several(transports.size) : listNames([...transports])
