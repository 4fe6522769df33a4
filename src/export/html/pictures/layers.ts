import { scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import type { BytesResult, Report } from '../../../model/report/report.ts'
import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { LAYERS, type Layer } from '../../../model/vocabulary.ts'
import {
  linkBasisOf,
  networkPerMessage,
  networkWithConnection,
  sumLedger,
} from '../../../model/wire/ledger.ts'
import { scenarioCells } from '../../report/scenario-cells.ts'
import { WORDS } from '../../words.ts'
import {
  element,
  FAINT,
  FONT_SIZE,
  GRID,
  INK,
  label,
  labelWidth,
  type Picture,
  picture,
} from '../svg.ts'

const COLOUR_OF: Readonly<Record<Layer, string>> = {
  payload: '#009e73',
  framing: '#e69f00',
  acknowledgement: '#56b4e9',
  control: '#cc79a7',
  security: '#0072b2',
  network: '#a6a6a6',
}

const say = catalogue({
  en: {
    onWire: 'on the wire',
    onLink: 'on the link',
    onModelledLink: 'on the link (network modelled)',
    proves: (scenario: string, payload: string, place: string, least: string, most: string) =>
      `${scenario}: of a message ${payload} are payload; with all that comes on top it takes ${place} from ${least} to ${most}`,
    own: (transport: string) => `${transport}, own connection`,
  },
  'zh-TW': {
    onWire: '線路上',
    onLink: '鏈路上',
    onModelledLink: '鏈路上（網路為模型估算）',
    proves: (scenario, payload, place, least, most) =>
      `${scenario}：一則訊息有 ${payload} 是負載；加上其餘一切，${place}從 ${least} 到 ${most}`,
    own: (transport) => `${transport}，各自連線`,
  },
})

const WIDTH = 720
const ROW = 24
const TOP = 58
const TICKS = 5

/**
 * Bytes of one message by layer, a bar for each transport: what whoever sends it
 * pays, so with its connection where it opens one. Headers of the network are
 * among them where every cell has them.
 */
export function layerPictures(report: Report): Picture[] {
  return scenarioCells(report).flatMap(({ scenario, cells }) => {
    const known = cells.flatMap((cell) =>
      cell.status === 'measured' && cell.bytes !== null && cell.bytes.messages > 0
        ? [{ name: cell.transport, bytes: cell.bytes }]
        : [],
    )
    const bases = known.map(({ bytes }) => linkBasisOf(bytes.ledger))
    const place = bases.includes(null)
      ? say.onWire
      : bases.includes('modelled')
        ? say.onModelledLink
        : say.onLink
    const layers = LAYERS.filter((layer) => layer !== 'network' || !bases.includes(null))
    const rows = known
      .map(({ name, bytes }) => rowOf(name, bytes, layers))
      .toSorted((a, b) => a.total - b.total)
    const [least, most] = [rows[0], rows.at(-1)]
    if (least === undefined || most === undefined || rows.length < 2) return []
    const proves = say.proves(
      scenario.name,
      formatBytes(least.layers.payload),
      place,
      `${formatBytes(least.total)} (${least.name})`,
      `${formatBytes(most.total)} (${most.name})`,
    )
    return [bars(`layers-${scenario.name}`, proves, rows, most.total)]
  })
}

function rowOf(name: string, bytes: BytesResult, shown: readonly Layer[]): Row {
  const { ledger, messages, firstMessage } = bytes
  const isOwn = firstMessage?.connection === 'own'
  const of = (layer: Layer): number => {
    if (!shown.includes(layer)) return 0
    if (layer === 'network') {
      return isOwn
        ? networkWithConnection(ledger, messages, isOwn)
        : networkPerMessage(ledger, messages)
    }
    const phases = isOwn ? (['setup', 'steady', 'close'] as const) : (['steady'] as const)
    return phases.reduce((sum, phase) => sum + sumLedger(ledger, { phase, layer }), 0) / messages
  }
  const layers = Object.fromEntries(LAYERS.map((layer) => [layer, of(layer)])) as Row['layers']
  const total = LAYERS.reduce((sum, layer) => sum + layers[layer], 0)
  return { name: isOwn ? say.own(name) : name, layers, total }
}

interface Row {
  readonly name: string
  readonly layers: Record<Layer, number>
  readonly total: number
}

function bars(name: string, proves: string, rows: readonly Row[], most: number): Picture {
  const left = labelWidth(rows.map((row) => row.name)) + 10
  const scale = scaleLinear([0, most], [left, WIDTH - 90]).nice(TICKS)
  const height = TOP + rows.length * ROW + 10
  const shown = LAYERS.filter((layer) => rows.some((row) => row.layers[layer] > 0))
  const series = stack<Row, Layer>()
    .keys(shown)
    .value((row, layer) => row.layers[layer])(rows)
  return picture(
    name,
    proves,
    { width: WIDTH, height },
    ...legend(shown),
    ...scale
      .ticks(TICKS)
      .flatMap((tick) => [
        element('line', { x1: scale(tick), x2: scale(tick), y1: TOP - 8, y2: height - 6, ...GRID }),
        label(scale(tick), TOP - 12, formatCount(tick), { ...FAINT, 'text-anchor': 'middle' }),
      ]),
    ...series.flatMap((layer) =>
      layer.map(([from, to], index) =>
        element('rect', {
          x: scale(from),
          width: Math.max(0, scale(to) - scale(from)),
          y: TOP + index * ROW,
          height: ROW - 6,
          fill: COLOUR_OF[layer.key],
        }),
      ),
    ),
    ...rows.flatMap((row, index) => {
      const y = TOP + index * ROW + FONT_SIZE
      return [
        label(left - 8, y, row.name, { ...INK, 'text-anchor': 'end' }),
        label(scale(row.total) + 6, y, formatBytes(row.total)),
      ]
    }),
  )
}

function legend(layers: readonly Layer[]): string[] {
  let x = 8
  return layers.flatMap((layer) => {
    const at = x
    x += labelWidth([WORDS.layers[layer]]) + 30
    return [
      element('rect', { x: at, y: 6, width: 12, height: 12, fill: COLOUR_OF[layer] }),
      label(at + 17, 17, WORDS.layers[layer]),
    ]
  })
}
