import { type VersionBytes, versionBytesIn } from '../../../model/report/check/version-bytes.ts'
import type { Report } from '../../../model/report/report.ts'
import { formatBytes } from '../../../model/text/format.ts'
import { type Block, paragraph } from '../../document/document.ts'

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
    const own = version !== undefined && each.has(version) ? 'in these figures' : 'not in these'
    const directions = each.directions.join(' and ')
    const size = `${formatBytes(Math.abs(each.bytes))} ${each.bytes > 0 ? 'more' : 'less'}`
    return `${each.versions} ${each.what}: ${size} ${directions} a ${each.per}, ${own} (${named(transports)})`
  })
  return [
    paragraph('bytes that depend on the version of Node:', 'faint'),
    ...lines.map((line) => paragraph(line, 'faint')),
  ]
}

const MOST_NAMED = 4

const named = (transports: ReadonlySet<string>): string =>
  transports.size > MOST_NAMED
    ? `${transports.size} transports over TLS`
    : [...transports].join(', ')
