import { expect, it } from 'vitest'
import { fixtureReport } from '../../../../test/fixtures/report.ts'
import type { Cell } from '../../../model/report/report.ts'
import { linkRatioText } from './figures.ts'

interface Link {
  mean: number
  least: number
  modelled: number
}

/** A message with its own connection that takes so much on the link; witnesses of a report that has them. */
function own(transport: string, { mean, ...witnesses }: Link, isOlder: boolean): Cell {
  const cell = fixtureReport().cells.find((each) => each.transport === transport)
  if (cell?.status !== 'measured' || cell.bytes === null) throw new Error('no bytes')
  const { least: leastBytes, modelled: modelledBytes } = witnesses
  const network = { phase: 'steady', direction: 'up', layer: 'network' } as const
  const bytes = {
    ...cell.bytes,
    messages: 3,
    ledger: [{ ...network, bytes: mean * 3, basis: 'measured' as const, messages: 3 }],
    firstMessage: { connection: 'own' as const, wireBytes: 1_000, roundTrips: 4 },
    ...(!isOlder && { linkWitnesses: { leastBytes, modelledBytes } }),
  }
  return { ...cell, bytes }
}

const told = (mqtt: Link, http: Link, isOlder = false): string =>
  linkRatioText([own('mqtt-qos1', mqtt, isOlder), own('http1', http, isOlder)])

/** The 60-byte sensor, as a busy machine measured it: least and model are what an idle one has. */
const RESUMED = { mqtt: { least: 2_150, modelled: 2_150 }, http: { least: 2_118, modelled: 2_118 } }
const FULL = { mqtt: { least: 2_868, modelled: 2_868 }, http: { least: 2_836, modelled: 2_836 } }

it.each([
  [RESUMED, 2_167.3, 2_118, '1.02'],
  [RESUMED, 2_150, 2_152.7, 'about equal'],
  [RESUMED, 2_254, 2_187.3, '1.03'],
  [FULL, 2_937.3, 2_888, 'about equal'],
  [FULL, 2_920, 2_836, '1.03'],
  [FULL, 2_978, 2_836, '1.05'],
  [FULL, 3_058.7, 2_870.7, '1.07'],
])('acknowledgements of a busy machine decide nothing: %j, %d to %d', (idle, of, to, byMeans) => {
  const [mqtt, http] = [
    { ...idle.mqtt, mean: of },
    { ...idle.http, mean: to },
  ]
  expect(told(mqtt, http)).toBe('about equal')
  expect(told(mqtt, http, true), 'by the means alone').toBe(byMeans)
})

it('a difference is told where mean, least and model have it', () => {
  const mqtt = { mean: 2_060, least: 2_044, modelled: 2_050 }
  const http = { mean: 2_142, least: 2_128, modelled: 2_130 }
  expect(told(mqtt, http)).toBe('1/1.04')
  expect(told(http, mqtt)).toBe('1.04')
  // The most of the one and the fewest of the other are of different messages: those say nothing.
  expect(
    told(
      { mean: 2_014.8, least: 1_994, modelled: 2_046 },
      { mean: 2_107.6, least: 2_066, modelled: 2_118 },
    ),
  ).toBe('1/1.05')
  // One witness that has them equal is enough.
  expect(told({ ...mqtt, modelled: 2_120 }, http)).toBe('about equal')
})
