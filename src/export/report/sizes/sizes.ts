import type { Report } from '../../../model/report/report.ts'
import { formatCount, formatRatio } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type Block, heading, paragraph, plainTable, rowGroup } from '../../document/document.ts'
import { WORDS } from '../../words.ts'
import { rangeText } from '../claims/figures.ts'
import { countOrNothing } from '../figure-table.ts'
import {
  PLACES,
  type Place,
  type SizeFamily,
  type SizeRatio,
  sizeFamilies,
  underFrom,
} from './size-curves.ts'

/** Twice as much, and nearly the same. */
export const FACTORS = [2, 1.1] as const

const say = catalogue({
  en: {
    title: 'Payload sizes',
    covers:
      'bytes of one message with its acknowledgement, both directions: on a connection that is kept, or with its own where it has one (own). Under that HTTP’s bytes divided by MQTT’s, like to like; “under 2”, “under 1.1” from a payload of so many bytes on, ≈ between two measured ones. On the wire, and on the link with the headers of the network.',
    own: (transport: string) => `${transport} (own)`,
    pair: (http: string, mqtt: string) => `${http} / ${mqtt}`,
    bytes: { wire: 'bytes on the wire', link: 'bytes on the link' },
    ratios: { wire: 'HTTP / MQTT, wire', link: 'HTTP / MQTT, link' },
    under: (factor: number) => `under ${factor}`,
    answer: (told: string) => `The larger the payload, the less the protocol matters: ${told}.`,
    onPlace: (place: string, told: string) =>
      `on the ${place} of a kept connection HTTP takes ${told} on`,
    from: (factor: number, sizes: string) =>
      `${factor === 2 ? 'less than twice what MQTT does' : `less than ${factor} times`} from ${sizes}`,
    and: ' on and ',
    places: { wire: 'wire', link: 'link' },
  },
  'zh-TW': {
    title: '負載大小',
    covers:
      '一則訊息連同確認的位元組，雙向合計：在保持的連線上；若每則訊息各開連線，則連同該連線（各自連線）。其下是 HTTP 的位元組除以 MQTT 的，同類相比；「低於 2」、「低於 1.1」是從多大的負載起，≈ 表示落在兩個實測大小之間。線路上，以及加上網路標頭的鏈路上。',
    own: (transport) => `${transport}（各自連線）`,
    pair: (http, mqtt) => `${http} / ${mqtt}`,
    bytes: { wire: '線路上的位元組', link: '鏈路上的位元組' },
    ratios: { wire: 'HTTP / MQTT，線路', link: 'HTTP / MQTT，鏈路' },
    under: (factor) => `低於 ${factor}`,
    answer: (told) => `負載越大，用哪個協定越不重要：${told}。`,
    onPlace: (place, told) => `在保持連線的${place}上，HTTP ${told}`,
    from: (factor, sizes) => `從 ${sizes} 起不到 MQTT 的 ${factor} 倍`,
    and: '、',
    places: { wire: '線路', link: '鏈路' },
  },
})

export function sizeBlocks(report: Report): Block[] {
  const families = sizeFamilies(report)
  if (families.length === 0) return []
  return [
    heading(1, say.title),
    paragraph(say.covers, 'faint'),
    ...families.flatMap((family) => [
      heading(2, family.name),
      ...PLACES.flatMap((place) => [...bytesTable(family, place), ...ratioTable(family, place)]),
    ]),
  ]
}

function bytesTable(family: SizeFamily, place: Place): Block[] {
  const shown = family.curves.filter(({ points }) =>
    points.some(({ bytes }) => bytes[place] !== null),
  )
  if (shown.length === 0) return []
  return [
    plainTable(
      [say.bytes[place]],
      family.sizes.map((size) => formatCount(size)),
      shown.map(({ transport, connection, points }) =>
        rowGroup(
          connection === 'own' ? say.own(transport) : transport,
          family.sizes.map((size) =>
            countOrNothing(points.find((point) => point.size === size)?.bytes[place]),
          ),
        ),
      ),
    ),
  ]
}

function ratioTable(family: SizeFamily, place: Place): Block[] {
  const shown = family.ratios.filter((ratio) => ratio.place === place)
  if (shown.length === 0) return []
  return [
    plainTable(
      [say.ratios[place]],
      [...family.sizes.map((size) => formatCount(size)), ...FACTORS.map(say.under)],
      shown.map((ratio) =>
        rowGroup(say.pair(ratio.http.transport, ratio.mqtt.transport), [
          ...family.sizes.map((size) => {
            const point = ratio.points.find((each) => each.size === size)
            return point === undefined ? '' : formatRatio(point.ratio)
          }),
          ...FACTORS.map((factor) => fromText(ratio, factor)),
        ]),
      ),
    ),
  ]
}

/** `≈312`; as it is where a measured size is the first. */
function fromText(ratio: SizeRatio, factor: number): string {
  const size = underFrom(ratio, factor)
  if (size === null) return ''
  const isMeasured = ratio.points.some((point) => point.size === size)
  return `${isMeasured ? '' : '≈'}${formatCount(size)}`
}

/** From which payload on it matters little, for the best and the worst pair. */
export function sizeSentences(report: Report): string[] {
  return sizeFamilies(report).flatMap(({ ratios }) => {
    const kept = ratios.filter(({ mqtt }) => mqtt.connection === 'kept')
    const told = PLACES.flatMap((place) => {
      const here = kept.filter((ratio) => ratio.place === place)
      const factors = FACTORS.flatMap((factor) => {
        const sizes = here.flatMap((ratio) => underFrom(ratio, factor) ?? [])
        return sizes.length === 0 ? [] : [say.from(factor, rangeText(sizes, 'bytes'))]
      })
      return factors.length === 0 ? [] : [say.onPlace(say.places[place], factors.join(say.and))]
    })
    return told.length === 0 ? [] : [say.answer(told.join(WORDS.semicolon))]
  })
}
