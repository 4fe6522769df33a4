import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LinkPassOutcome } from '../src/load/passes/link/link-pass.ts'
import { ipTraffic } from '../src/load/passes/link/network-entries.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { DIRECTIONS, PHASES } from '../src/model/vocabulary.ts'
import { type LedgerEntry, sumLedger } from '../src/model/wire/ledger.ts'
import { KNOWN_NAMES } from '../src/plan/known-names.ts'
import { LinkMeter } from '../src/runner/stages/link-meter.ts'
import { loadScenarios } from '../src/scenario/load.ts'
import { findNamespaceObstacle } from '../src/system/namespace/namespace-pair.ts'
import { wholeWakes } from '../src/transports/connections/per-wake.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { optionsFor } from '../src/transports/run-options.ts'
import { hasTool, root } from './support/command.ts'
import { type CapturedPacket, NamespaceCapture } from './support/namespace-capture.ts'
import { runnableTransports } from './support/transports.ts'

const obstacle = await findNamespaceObstacle()
const TCPDUMP = hasTool('tcpdump')

/** 40 ms each: a hundred of them on a few transports, on all where that is asked for. */
const FEW = 12
const MANY = 100
const ON_ALL = Number(process.env.MQTT_VS_HTTP_LINK_MESSAGES ?? FEW)
const HUNDRED = ['http1', 'mqtt-qos1', 'mqtts-qos0']
const MOST_TRIES = 12
const MOST_ERROR = 0.03
interface Measured {
  outcome: LinkPassOutcome
  packets: CapturedPacket[]
}

const onTcp = async (id: string): Promise<boolean> => {
  const { protocol } = (await loadTransport(id)).traits
  return protocol !== 'none' && protocol !== 'coap'
}

describe.skipIf(obstacle !== null || !TCPDUMP)('link bytes, held against tcpdump', async () => {
  const uplinks = await runnableTransports('uplink')
  const transports: string[] = []
  for (const id of uplinks) if (await onTcp(id)) transports.push(id)
  const measured = new Map<string, Measured>()
  let meter: LinkMeter

  beforeAll(async () => {
    meter = await LinkMeter.open()
    const [loaded] = await loadScenarios(['json'], KNOWN_NAMES)
    if (loaded === undefined) throw new Error('there is no scenario json')
    // The long ones first, so that the links are busy alike.
    const waiting = transports.toSorted(
      (a, b) => Number(HUNDRED.includes(b)) - Number(HUNDRED.includes(a)),
    )
    await Promise.all(
      meter.links.map(async (link) => {
        const capture = await NamespaceCapture.start(meter.pair.device, link)
        const outcomes: [string, LinkPassOutcome][] = []
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const own = optionsFor(await loadTransport(id), {})
          const messages = HUNDRED.includes(id) ? MANY : wholeWakes(ON_ALL, own)
          const planned = { ...loaded, transports: [id] }
          const measure = () =>
            meter.measure({ transport: id, planned }, link, messages, {
              options: {},
              injection: NO_INJECTION,
            })
          let outcome = await measure()
          // A busy machine has TCP acknowledge what would have been answered. That comes
          // and goes; a model that is wrong stays so.
          for (let tries = 1; tries < MOST_TRIES && isOff(outcome); tries += 1)
            outcome = await measure()
          outcomes.push([id, outcome])
        }
        const end = outcomes.at(-1)?.[1].readings?.closed
        const packets = await capture.stop((end?.sent.packets ?? 0) + (end?.received.packets ?? 0))
        for (const [id, outcome] of outcomes) measured.set(id, { outcome, packets })
      }),
    )
  }, 300_000)
  afterAll(() => meter[Symbol.asyncDispose]())

  it.each(transports)('%s: every phase, each byte of each packet', (id) => {
    const { outcome, packets } = measured.get(id) as Measured
    expect(outcome.failure).toBeNull()
    const { readings, network, reference } = outcome
    if (readings === null || network === null || reference === null) throw new Error('no figures')
    const { before, connected, messages, keptAlive, closed } = readings
    const last = messages.at(-1) ?? connected
    const spans = [
      [before, connected],
      [connected, last],
      [last, keptAlive],
      [keptAlive, closed],
    ] as const
    for (const direction of DIRECTIONS) {
      const end = direction === 'up' ? 'sent' : 'received'
      const lengths = packets.filter((packet) => packet.direction === direction)
      for (const [from, to] of spans) {
        const captured = lengths.slice(from[end].packets, to[end].packets)
        const sum = captured.reduce((bytes, packet) => bytes + packet.ipBytes, 0)
        expect(ipTraffic(from, to, direction).bytes).toBe(sum)
      }
      const wire = sumLedger(reference, { direction })
      const added = sumLedger(network, { direction, layer: 'network' })
      expect(wire + added).toBe(ipTraffic(before, closed, direction).bytes)
      if (ipTraffic(before, connected, 'up').packets === 0) continue
      PHASES.forEach((phase, at) => {
        const [from, to] = spans[at] as (typeof spans)[number]
        const inPhase = sumLedger(reference, { phase, direction })
        const addedInPhase = sumLedger(network, { phase, direction, layer: 'network' })
        expect(inPhase + addedInPhase).toBe(ipTraffic(from, to, direction).bytes)
      })
    }
  })

  it.each(transports)('%s: the model is within 3 % in the steady phase', (id) => {
    const { outcome } = measured.get(id) as Measured
    expect(isOff(outcome), String(errorOf(outcome, 'steady').error)).toBe(false)
  })

  it.runIf(process.env.UPDATE_GOLDEN === '1')('writes the errors into docs/measurement.md', () => {
    const path = join(root, 'docs', 'measurement.md')
    const docs = readFileSync(path, 'utf8')
    const table = errorTable(transports.map((id) => [id, (measured.get(id) as Measured).outcome]))
    expect(docs).toMatch(TABLE)
    writeFileSync(
      path,
      docs.replace(TABLE, () => OPENING + table + CLOSING),
    )
  })
})

const OPENING = '<!-- link model: begin -->\n'
const CLOSING = '<!-- link model: end -->'
const TABLE = /<!-- link model: begin -->\n[\s\S]*?<!-- link model: end -->/

const isOff = (outcome: LinkPassOutcome): boolean =>
  Math.abs(errorOf(outcome, 'steady').error) >= MOST_ERROR

/** Link bytes of the model and those that were measured, of a phase or of the whole pass. */
function errorOf(outcome: LinkPassOutcome, phase?: 'steady') {
  const of = (ledger: readonly LedgerEntry[], network: readonly LedgerEntry[]): number =>
    sumLedger(ledger, { ...(phase && { phase }) }) +
    sumLedger(network, { layer: 'network', ...(phase && { phase }) })
  const reference = outcome.reference ?? []
  const modelled = of(reference, reference)
  const counted = of(reference, outcome.network ?? [])
  return { modelled, counted, error: modelled / counted - 1 }
}

function errorTable(outcomes: readonly (readonly [string, LinkPassOutcome])[]): string {
  const percent = (error: number): string => `${(error * 100).toFixed(1)} %`.replace('-', '−')
  const rows = outcomes.map(([id, outcome]) => {
    const steady = errorOf(outcome, 'steady')
    const whole = errorOf(outcome)
    const cells = [
      ...[steady.counted, steady.modelled, percent(steady.error)],
      ...[whole.counted, whole.modelled, percent(whole.error)],
    ]
    return `| \`${id}\` | ${cells.join(' | ')} |\n`
  })
  return [
    '| transport | steady, measured | modelled | error | whole connection, measured | modelled | error |\n',
    '|---|--:|--:|--:|--:|--:|--:|\n',
    ...rows,
  ].join('')
}
