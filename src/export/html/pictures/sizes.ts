import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import type { Report } from '../../../model/report/report.ts'
import { formatBytes, formatCount, formatRatio } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { rangeText } from '../../report/claims/figures.ts'
import {
  PLACES,
  type SizeFamily,
  type SizeRatio,
  sizeFamilies,
  underFrom,
} from '../../report/sizes/size-curves.ts'
import { FACTORS } from '../../report/sizes/sizes.ts'
import { WORDS } from '../../words.ts'
import { axisName, curvePlot, endNames, levels, uprights } from '../axes.ts'
import { COLOURS, element, type Picture, picture } from '../svg.ts'

const LEFT = 60
const RATIOS = [1, 1.1, 2, 5, 10, 20, 50, 100]
/** No payload has a place on a logarithmic scale too. */
const LEAST_SIZE = 0.5

const say = catalogue({
  en: {
    axis: 'payload, bytes',
    pair: (http: string, mqtt: string, place: string) => `${http} / ${mqtt}, ${place}`,
    places: { wire: 'wire', link: 'link' },
    onPlace: (place: string, ratio: string, size: string, twice: string) =>
      `on the ${place} HTTP takes ${ratio} times what MQTT does at ${size} of payload, and less than twice from ${twice} on`,
    proves: (name: string, told: string) =>
      `${name}: ${told} (solid: wire, dashed: link; connection kept)`,
  },
  'zh-TW': {
    axis: '負載，位元組',
    pair: (http, mqtt, place) => `${http} / ${mqtt}，${place}`,
    places: { wire: '線路', link: '鏈路' },
    onPlace: (place, ratio, size, twice) =>
      `在${place}上，負載 ${size} 時 HTTP 是 MQTT 的 ${ratio} 倍，從 ${twice} 起不到兩倍`,
    proves: (name, told) => `${name}：${told}（實線：線路，虛線：鏈路；保持連線）`,
  },
})

/** How many times as many bytes HTTP takes, against the size of the payload. */
export function sizePictures(report: Report): Picture[] {
  return sizeFamilies(report).flatMap((family) =>
    family.ratios.length === 0 ? [] : [curves(family)],
  )
}

function curves({ name, sizes, ratios }: SizeFamily): Picture {
  const { plot, size } = curvePlot(LEFT, ratios.map(nameOf))
  const x = scaleLog(
    [Math.max(LEAST_SIZE, Math.min(...sizes)), Math.max(2, ...sizes)],
    [plot.left, plot.right],
  )
  const most = Math.max(2, ...ratios.flatMap(({ points }) => points.map(({ ratio }) => ratio)))
  const least = Math.min(1, ...ratios.flatMap(({ points }) => points.map(({ ratio }) => ratio)))
  const y = scaleLog([least, most], [plot.bottom, plot.top + 10])
  const path = line<SizeRatio['points'][number]>()
    .x(({ size }) => x(Math.max(LEAST_SIZE, size)))
    .y(({ ratio }) => y(ratio))
  const ends = ratios.map((ratio) => ({
    at: y(ratio.points[0]?.ratio ?? 1),
    text: nameOf(ratio),
  }))
  return picture(
    `sizes-${name}`,
    proves(name, ratios),
    size,
    ...uprights(
      plot,
      sizes.map((size) => ({ at: x(Math.max(LEAST_SIZE, size)), text: formatCount(size) })),
    ),
    ...levels(
      plot,
      RATIOS.filter((ratio) => ratio <= most).map((ratio) => ({
        at: y(ratio),
        text: ratio === 1.1 ? '' : formatRatio(ratio),
      })),
    ),
    axisName(plot, say.axis),
    ...ratios.map((ratio) =>
      element('path', {
        d: path(ratio.points) ?? '',
        fill: 'none',
        stroke: ratio.place === 'wire' ? COLOURS.mqtt : COLOURS.other,
        'stroke-width': 2,
        ...(ratio.place === 'link' && { 'stroke-dasharray': '5 4' }),
      }),
    ),
    ...endNames(plot, ends).names,
  )
}

const nameOf = ({ http, mqtt, place }: SizeRatio): string =>
  say.pair(http.transport, mqtt.transport, say.places[place])

function proves(name: string, ratios: readonly SizeRatio[]): string {
  const told = PLACES.flatMap((place) => {
    const own = ratios.filter((ratio) => ratio.place === place)
    const sizes = own.flatMap((ratio) => underFrom(ratio, FACTORS[0]) ?? [])
    const [first] = own.flatMap(({ points }) => points[0]?.size ?? [])
    if (sizes.length === 0 || first === undefined) return []
    const small = own.flatMap(({ points }) => points[0]?.ratio ?? [])
    const twice = rangeText(sizes, 'bytes')
    return [say.onPlace(say.places[place], rangeText(small, 'ratio'), formatBytes(first), twice)]
  })
  return say.proves(name, told.join(WORDS.semicolon))
}
