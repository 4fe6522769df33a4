import { findMetric } from '../../../model/report/metric.ts'
import type { Cell, Report } from '../../../model/report/report.ts'
import { sizeFamilyOf } from '../../../model/scenario/size-family.ts'
import {
  handshakeOf,
  isOwnConnection,
  LINK_PER_MESSAGE,
  LINK_TOTAL,
  PER_MESSAGE,
  WIRE_TOTAL,
} from '../claims/figures.ts'
import { isHttp, isMqtt, type ScenarioCells, scenarioCellsOf } from '../scenario-cells.ts'

/** What crosses the stream, and what a data plan counts. */
export const PLACES = ['wire', 'link'] as const
export type Place = (typeof PLACES)[number]

/** One transport: what one message costs at each size that was measured, from small to large. */
interface SizeCurve {
  readonly transport: string
  readonly connection: 'kept' | 'own'
  readonly points: readonly {
    readonly size: number
    readonly bytes: Record<Place, number | null>
  }[]
  /** Of the transport, where there are any cells. */
  readonly like: Cell
}

/** HTTP to MQTT, like to like, on the wire or on the link. */
export interface SizeRatio {
  readonly mqtt: SizeCurve
  readonly http: SizeCurve
  readonly place: Place
  /** HTTP's bytes divided by MQTT's. */
  readonly points: readonly { readonly size: number; readonly ratio: number }[]
}

export interface SizeFamily {
  readonly name: string
  readonly sizes: readonly number[]
  readonly curves: readonly SizeCurve[]
  readonly ratios: readonly SizeRatio[]
}

/** The scenarios that a list of payload sizes made, as curves. */
export function sizeFamilies(report: Report): SizeFamily[] {
  const families = new Map<string, ScenarioCells[]>()
  for (const entry of scenarioCellsOf(report, 'uplink')) {
    const name = sizeFamilyOf(entry.scenario)
    if (name !== null) families.set(name, [...(families.get(name) ?? []), entry])
  }
  return [...families].flatMap(([name, entries]) => {
    const ascending = entries.toSorted((a, b) => sizeOf(a) - sizeOf(b))
    const curves = curvesOf(ascending)
    if (curves.length === 0) return []
    const ratios = PLACES.flatMap((place) => ratiosOf(curves, place))
    return [{ name, sizes: ascending.map(sizeOf), curves, ratios }]
  })
}

const sizeOf = ({ scenario }: ScenarioCells): number => scenario.payload.size ?? 0

/** Where each message has a connection of its own, with that. */
function bytesOf(cell: Cell): Record<Place, number | null> {
  const isOwn = isOwnConnection(cell)
  return {
    wire: findMetric(isOwn ? WIRE_TOTAL : PER_MESSAGE)?.of(cell) ?? null,
    link: findMetric(isOwn ? LINK_TOTAL : LINK_PER_MESSAGE)?.of(cell) ?? null,
  }
}

function curvesOf(entries: readonly ScenarioCells[]): SizeCurve[] {
  const cells = entries.flatMap((entry) =>
    entry.cells
      .filter((cell) => cell.status === 'measured' && cell.bytes !== null)
      .map((cell) => ({ cell, size: sizeOf(entry) })),
  )
  const ids = [...new Set(cells.map(({ cell }) => cell.transport))]
  return ids.flatMap((transport) => {
    const own = cells.filter(({ cell }) => cell.transport === transport)
    const [first] = own
    if (first === undefined) return []
    return [
      {
        transport,
        connection: isOwnConnection(first.cell) ? 'own' : 'kept',
        points: own.map(({ cell, size }) => ({ size, bytes: bytesOf(cell) })),
        like: first.cell,
      },
    ]
  })
}

function ratiosOf(curves: readonly SizeCurve[], place: Place): SizeRatio[] {
  const of = (is: (cell: Cell) => boolean) => curves.filter(({ like }) => is(like))
  return of(isMqtt).flatMap((mqtt) =>
    of(isHttp).flatMap((http): SizeRatio[] => {
      const isLike =
        http.connection === mqtt.connection && handshakeOf(http.like) === handshakeOf(mqtt.like)
      const points = mqtt.points.flatMap(({ size, bytes }) => {
        const other = http.points.find((point) => point.size === size)?.bytes[place]
        const own = bytes[place]
        return own == null || own === 0 || other == null ? [] : [{ size, ratio: other / own }]
      })
      return isLike && points.length > 0 ? [{ mqtt, http, place, points }] : []
    }),
  )
}

/**
 * From which payload on the ratio stays under a factor: between two sizes that
 * were measured, by what came on top of the payload at both; null where it is
 * not at the largest one.
 */
export function underFrom({ points, mqtt, http, place }: SizeRatio, factor: number): number | null {
  const last = points.findLastIndex(({ ratio }) => ratio >= factor)
  if (last === points.length - 1) return null
  const [below, above] = [points[last], points[last + 1]]
  if (above === undefined) return null
  if (below === undefined) return above.size
  const overhead = (curve: SizeCurve, size: number): number =>
    (curve.points.find((point) => point.size === size)?.bytes[place] ?? 0) - size
  const between = (curve: SizeCurve, size: number): number => {
    const share = (size - below.size) / (above.size - below.size)
    return size + overhead(curve, below.size) * (1 - share) + overhead(curve, above.size) * share
  }
  let [low, high] = [below.size, above.size]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (between(http, middle) / between(mqtt, middle) < factor) high = middle
    else low = middle
  }
  return high
}
