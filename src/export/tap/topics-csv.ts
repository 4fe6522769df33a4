import type { TapReport } from '../../model/report/tap/tap-report.ts'
import { renderCsv } from '../document/csv.ts'

const HEADER = ['protocol', 'direction', 'topic_or_path', 'messages', 'bytes']

/** `topics.csv` of a tap: one row a protocol × topic or path, the most bytes first. */
export const renderTapTopicsCsv = ({ protocols }: TapReport): string =>
  renderCsv(
    HEADER,
    protocols.flatMap(({ protocol, subjects }) =>
      subjects.map(({ direction, name, messages, bytes }) => [
        ...[protocol, direction, name, messages, bytes],
      ]),
    ),
  )
