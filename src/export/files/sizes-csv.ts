import type { Report } from '../../model/report/report.ts'
import { type CsvValue, renderCsv } from '../document/csv.ts'
import { type SizeFamily, sizeFamilies } from '../report/sizes/size-curves.ts'

const HEADER = [
  'scenario',
  'payload_bytes',
  'transport',
  'connection',
  'wire_bytes_per_message',
  'link_bytes_per_message',
  'compared_to',
  'wire_ratio',
  'link_ratio',
]

/**
 * `payload-sizes.csv`, where a list of sizes was measured: a row for each size
 * and transport, of MQTT for each HTTP that is like it.
 */
export function sizeFiles(report: Report): { name: string; text: string }[] {
  const families = sizeFamilies(report)
  if (families.length === 0) return []
  return [{ name: 'payload-sizes.csv', text: renderCsv(HEADER, families.flatMap(rowsOf)) }]
}

function rowsOf({ name, curves, ratios }: SizeFamily): CsvValue[][] {
  return curves.flatMap(({ transport, connection, points }) =>
    points.flatMap(({ size, bytes }) => {
      const own: CsvValue[] = [name, size, transport, connection, bytes.wire, bytes.link]
      const pairs = ratios.filter(({ mqtt }) => mqtt.transport === transport)
      const others = [...new Set(pairs.map(({ http }) => http.transport))]
      if (others.length === 0) return [[...own, null, null, null]]
      return others.map((other): CsvValue[] => {
        const of = (place: 'wire' | 'link'): number | null =>
          pairs
            .find((pair) => pair.http.transport === other && pair.place === place)
            ?.points.find((point) => point.size === size)?.ratio ?? null
        return [...own, other, of('wire'), of('link')]
      })
    }),
  )
}
