import type { BaselineCell, Versions } from '../model/report/check/baseline.ts'
import type { VersionAllowance } from '../model/report/check/check.ts'
import { type VersionBytes, versionBytesIn, ZLIB } from '../model/report/check/version-bytes.ts'
import type { BytesResult, Cell } from '../model/report/report.ts'
import { said } from '../model/said/said.ts'
import { sumLedger } from '../model/wire/ledger.ts'

/**
 * By how much the figures of a baseline move because other versions of Node, of
 * its OpenSSL and its `fetch` are known to send more or less: that, and no byte
 * besides. Where a version is not known nothing is allowed for.
 */
export function allowancesBetween(
  cell: Pick<Cell, 'protocol' | 'client'>,
  bytes: Pick<BytesResult, 'exchange' | 'messages' | 'roundTrips'>,
  was: Versions,
  is: Versions,
): VersionAllowance[] {
  return versionBytesIn(cell, bytes).flatMap((each) => {
    const { program, phase, layer, directions } = each
    const before = was[program]
    const now = is[program]
    if (before === undefined || now === undefined) return []
    const sign = Number(each.has(now)) - Number(each.has(before))
    if (sign === 0) return []
    const moved = sign * each.bytes * timesOf(each, bytes)
    // No connection of TLS: what runs over DTLS has another library.
    if (moved === 0) return []
    return directions.map((direction) => ({
      ...{
        name: program,
        was: before,
        is: now,
        what: said('versionsDo', { versions: each.versions, what: each.what }),
      },
      ...{ phase, direction, layer, bytes: moved },
    }))
  })
}

/** By so much one zlib may make a payload smaller than another does. */
const COMPRESSION_SHARE = 0.01

/**
 * What a compressed payload may be larger or smaller because another zlib made
 * it: one in a hundred, and all that it is where it lies within. Every other byte
 * is held as always.
 */
export function compressionAllowance(
  { compression }: Pick<Cell, 'compression'>,
  bytes: Pick<BytesResult, 'ledger'>,
  stored: BaselineCell,
  was: Versions,
  is: Versions,
): VersionAllowance[] {
  const [before, now] = [was[ZLIB], is[ZLIB]]
  if (compression === undefined || before === undefined || now === undefined) return []
  if (before === now) return []
  const place = { phase: 'steady', direction: 'up', layer: 'payload' } as const
  const held = stored['steady up']?.layers.payload ?? 0
  const moved = sumLedger(bytes.ledger, place) - held
  if (moved === 0 || Math.abs(moved) > held * COMPRESSION_SHARE) return []
  const what = said('compressesOtherwise', { encoding: compression })
  return [{ name: ZLIB, was: before, is: now, what, ...place, bytes: moved }]
}

const timesOf = (
  { per }: VersionBytes,
  { messages, roundTrips }: Pick<BytesResult, 'messages' | 'roundTrips'>,
): number => (per === 'message' ? messages : (roundTrips?.connections ?? 1))

/** The cell as these versions would have sent it. */
export function withAllowances(
  cell: BaselineCell,
  allowances: readonly VersionAllowance[],
): BaselineCell {
  const moved = { ...cell }
  for (const { phase, direction, layer, bytes } of allowances) {
    const key = `${phase} ${direction}` as const
    const exchange = moved[key] ?? { layers: {}, frames: [] }
    const layers = { ...exchange.layers, [layer]: (exchange.layers[layer] ?? 0) + bytes }
    moved[key] = { ...exchange, layers }
  }
  return moved
}
