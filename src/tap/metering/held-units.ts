import type { PhaseDirection } from '../../model/report/check/baseline.ts'
import { idOf, spokenName } from '../../model/report/check/observed-id.ts'
import type { MeteredChange } from '../../model/report/tap/meter-figures.ts'
import { type Direction, LAYERS, type Layer } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'
import {
  type FrameShape,
  formatFrameShape,
  parseFrameShape,
  shapeOf,
} from '../../model/wire/frame-shape.ts'
import type { Speech } from '../../wire/detection/detected-connection.ts'

/** What a baseline has of each protocol, as its units are written there. */
export type HeldFrames = Readonly<
  Record<string, Partial<Record<PhaseDirection, readonly string[]>>>
>

const NOTHING = 'none'
/** So many units that differ are known with what they take; a sender can make up any number. */
const MOST_KNOWN = 1000

type Excess = ReadonlyMap<Layer, number>

/** What a baseline has of one protocol, phase and direction. */
class HeldPlace {
  readonly #lines: ReadonlySet<string>
  readonly #shapes: readonly FrameShape[]
  readonly #known = new Map<string, Excess>()

  constructor(lines: readonly string[]) {
    this.#lines = new Set(lines)
    this.#shapes = lines.flatMap((line) => parseFrameShape(line) ?? [])
  }

  /** @returns null where the unit is one of the baseline's */
  excessOf(frame: Frame): Excess | null {
    const shape = shapeOf(frame)
    const line = formatFrameShape(shape)
    if (this.#lines.has(line)) return null
    const known = this.#known.get(line)
    if (known !== undefined) return known
    const excess = excessOver(this.#nearest(shape), frame)
    if (this.#known.size < MOST_KNOWN) this.#known.set(line, excess)
    return excess
  }

  /** Of the same unit: that whose fields differ by the fewest bytes, of two the smaller. */
  #nearest(shape: FrameShape): FrameShape | null {
    const sizes = sizesOf(shape.parts)
    let nearest: { held: FrameShape; distance: number } | null = null
    for (const held of this.#shapes) {
      if (held.label !== shape.label) continue
      const distance = distanceOf(sizes, sizesOf(held.parts))
      const isNearer =
        nearest === null ||
        distance < nearest.distance ||
        (distance === nearest.distance && held.lengthBytes < nearest.held.lengthBytes)
      if (isNearer) nearest = { held, distance }
    }
    return nearest?.held ?? null
  }
}

/** Holds each unit that crosses against a baseline, by what it is about. */
export class HeldUnits {
  readonly #places: ReadonlyMap<string, ReadonlyMap<string, HeldPlace>>
  readonly #changes = new Map<string, MeteredChange>()
  /** Names of protocols are few. */
  readonly #ids = new Map<string, string>()

  constructor(held: HeldFrames) {
    this.#places = new Map(
      Object.entries(held).map(([id, places]) => [
        id,
        new Map(Object.entries(places).map(([place, lines]) => [place, new HeldPlace(lines)])),
      ]),
    )
  }

  /** @param topic its label; null where it is about nothing */
  add(frame: Frame, speech: Speech, topic: string | null): void {
    const { phase, direction } = frame
    const change = this.#changeOf(direction, topic ?? NOTHING)
    const place = this.#places.get(this.#idOf(speech))?.get(`${phase} ${direction}`)
    const excess = place === undefined ? NO_EXCESS : place.excessOf(frame)
    if (excess === null) return
    change.units += 1
    for (const its of change.excess) its.bytes += excess.get(its.layer) ?? 0
  }

  list(): MeteredChange[] {
    return Array.from(this.#changes.values(), (change) => ({
      ...change,
      excess: change.excess.map((each) => ({ ...each })),
    }))
  }

  #idOf(speech: Speech): string {
    const name = spokenName(speech) ?? 'unrecognised'
    let id = this.#ids.get(name)
    if (id === undefined) {
      id = idOf(name)
      this.#ids.set(name, id)
    }
    return id
  }

  #changeOf(direction: Direction, topic: string): MeteredChange {
    const key = `${direction} ${topic}`
    let change = this.#changes.get(key)
    if (change === undefined) {
      const excess = LAYERS.filter((layer) => layer !== 'network').map((layer) => ({
        ...{ layer, bytes: 0 },
      }))
      change = { direction, topic, units: 0, excess }
      this.#changes.set(key, change)
    }
    return change
  }
}

const NO_EXCESS: Excess = new Map()

/** A field may stand several times: `Topic Filter`. */
function sizesOf(parts: FrameShape['parts']): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const { label, lengthBytes } of parts) {
    sizes.set(label, (sizes.get(label) ?? 0) + lengthBytes)
  }
  return sizes
}

function distanceOf(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let distance = 0
  for (const [label, bytes] of one) distance += Math.abs(bytes - (other.get(label) ?? 0))
  for (const [label, bytes] of other) if (!one.has(label)) distance += bytes
  return distance
}

/** What a unit has in each layer more than another one, field by field; of a unit of no known kind nothing. */
function excessOver(held: FrameShape | null, frame: Frame): Excess {
  if (held === null) return NO_EXCESS
  const left = sizesOf(held.parts)
  const excess = new Map<Layer, number>()
  const { parts } = shapeOf(frame)
  for (const [index, { layer, lengthBytes }] of frame.parts.entries()) {
    const { label } = parts[index] as FrameShape['parts'][number]
    const was = Math.min(left.get(label) ?? 0, lengthBytes)
    left.set(label, (left.get(label) ?? 0) - was)
    excess.set(layer, (excess.get(layer) ?? 0) + lengthBytes - was)
  }
  return excess
}
