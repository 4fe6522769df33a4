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
import {
  COLOURS,
  element,
  FAINT,
  GRID,
  INK,
  label,
  labelWidth,
  type Picture,
  picture,
  spread,
} from '../svg.ts'

const LEAST_HEIGHT = 340
const LEFT = 60
/** Where the plot ends, and the names of its curves begin. */
const RIGHT = 540
const TOP = 16
const BOTTOM = 44
const LINE_HEIGHT = 15
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
  const height = Math.max(LEAST_HEIGHT, ratios.length * LINE_HEIGHT + TOP + BOTTOM)
  const x = scaleLog(
    [Math.max(LEAST_SIZE, Math.min(...sizes)), Math.max(2, ...sizes)],
    [LEFT, RIGHT],
  )
  const most = Math.max(2, ...ratios.flatMap(({ points }) => points.map(({ ratio }) => ratio)))
  const least = Math.min(1, ...ratios.flatMap(({ points }) => points.map(({ ratio }) => ratio)))
  const y = scaleLog([least, most], [height - BOTTOM, TOP + 10])
  const path = line<SizeRatio['points'][number]>()
    .x(({ size }) => x(Math.max(LEAST_SIZE, size)))
    .y(({ ratio }) => y(ratio))
  const ends = spread(
    ratios
      .map((ratio) => ({ ratio, at: y(ratio.points[0]?.ratio ?? 1) }))
      .toSorted((a, b) => a.at - b.at),
    LINE_HEIGHT,
  )
  const bottom = height - BOTTOM
  return picture(
    `sizes-${name}`,
    proves(name, ratios),
    { width: RIGHT + labelWidth(ratios.map(nameOf)) + 16, height },
    ...sizes.flatMap((size) => [
      element('line', { ...across(x(Math.max(LEAST_SIZE, size))), y1: TOP, y2: bottom, ...GRID }),
      label(x(Math.max(LEAST_SIZE, size)), bottom + 18, formatCount(size), {
        ...FAINT,
        'text-anchor': 'middle',
      }),
    ]),
    ...RATIOS.filter((ratio) => ratio <= most).flatMap((ratio) => [
      element('line', { x1: LEFT, x2: RIGHT, y1: y(ratio), y2: y(ratio), ...GRID }),
      ...(ratio === 1.1
        ? []
        : [label(LEFT - 8, y(ratio) + 4, formatRatio(ratio), { ...FAINT, 'text-anchor': 'end' })]),
    ]),
    label((LEFT + RIGHT) / 2, height - 8, say.axis, {
      ...FAINT,
      'text-anchor': 'middle',
    }),
    ...ratios.map((ratio) =>
      element('path', {
        d: path(ratio.points) ?? '',
        fill: 'none',
        stroke: ratio.place === 'wire' ? COLOURS.mqtt : COLOURS.other,
        'stroke-width': 2,
        ...(ratio.place === 'link' && { 'stroke-dasharray': '5 4' }),
      }),
    ),
    ...ends.map(({ ratio, at }) => label(RIGHT + 8, at + 4, nameOf(ratio), INK)),
  )
}

const nameOf = ({ http, mqtt, place }: SizeRatio): string =>
  say.pair(http.transport, mqtt.transport, say.places[place])

const across = (at: number) => ({ x1: at, x2: at })

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
