import type { FleetFile } from '../model/fleet/fleet-file.ts'
import {
  FLEET_SCHEMA_VERSION,
  type FleetReport,
  type FleetRow,
} from '../model/fleet/fleet-report.ts'
import type { LinkProfile } from '../model/link/profile.ts'
import { readPackageVersion } from '../package-root.ts'
import { planBill, type Range } from './bill.ts'
import { changesOf } from './changes.ts'
import { cloudBill, type SeenMessage } from './cloud-bill.ts'
import { activeSeconds, energyOf } from './energy.ts'
import { judgeGates } from './gates.ts'
import type { FleetData } from './load-data.ts'
import { type Month, monthOf, type Scripts, silenceLimit } from './month.ts'
import { connectionVolume } from './script.ts'
import { sourcesOf } from './sources.ts'
import { gapsOf } from './timeline.ts'
import { breakEvensOf, curvesOf, turningOf } from './turning.ts'
import { ipBytes, packets, stackOf } from './volume.ts'
import { waysOf } from './ways.ts'

/** What a fleet is worked out from. */
export interface FleetInput {
  readonly fleet: FleetFile
  readonly data: FleetData
  readonly scripts: Scripts
  /** Where the frames are from, for the report. */
  readonly cellsFrom: string
  readonly message: {
    readonly scenario: string
    readonly payloadBytes: number
    readonly topicBytes: number
    readonly responseBytes: number
  }
  readonly link: LinkProfile | null
  /** Link bytes of a message with its connection, as packets were counted; by transport. */
  readonly measured: ReadonlyMap<string, NonNullable<FleetRow['measured']>>
}

/** @throws InstrumentError where a cell is missing */
export function workOut(input: FleetInput): FleetReport {
  const { fleet, data, scripts, message, link } = input
  const { ways, leftOut } = waysOf(fleet)
  const months = ways.flatMap(({ transport, policy }) => {
    const month = monthOf(fleet, transport, policy, scripts)
    return month === null ? [] : [month]
  })
  const names = months.map(({ way: { transport, policy } }) => ({ transport, policy }))
  const { connection } = fleet
  const payload = message.payloadBytes
  const report: FleetReport = {
    ...{ kind: 'fleet', schemaVersion: FLEET_SCHEMA_VERSION, cellsFrom: input.cellsFrom },
    tool: { name: 'mqtt-vs-http', version: readPackageVersion() },
    fleet: {
      ...{ name: fleet.name, devices: fleet.devices, monthS: fleet.month },
      ...{ scenario: message.scenario, payloadBytes: payload, topicBytes: message.topicBytes },
      batchBytes: fleet.batch?.as === 'message' ? payload * fleet.batch.size : null,
      gaps: gapsOf(fleet),
      connection: {
        ...{ session: connection.session, ticketLifeS: connection.ticketLife },
        ...{ keepAliveS: connection.keepAlive, pings: connection.pings },
        ...{ natTimeoutS: connection.natTimeout, reconnectsADay: connection.reconnects },
      },
      serverIdleS: idleOf(fleet),
      ...{ link: link?.name ?? null, lossShare: fleet.loss ?? 0, ...fleet.count },
    },
    rows: months.map((month) => rowOf(month, input)),
    leftOut,
    changes: changesOf(fleet, months, scripts, data.plans, payload),
    breakEvens: breakEvensOf(fleet, scripts, names),
    curves: curvesOf(fleet, scripts, names),
    turning: turningOf(fleet, scripts, names, payload),
    outage: outageOf(fleet, months, scripts),
    yardstick: YARDSTICK,
    gates: [],
    data: sourcesOf(data),
  }
  return { ...report, gates: judgeGates(fleet.gates, report.rows) }
}

/** What was taken for HTTP servers, a NAT apart. */
function idleOf(fleet: FleetFile): number {
  const connection = { ...fleet.connection, natTimeout: 0 }
  const limit = silenceLimit({ connection }, 'http/1.1')
  return Number.isFinite(limit) ? limit : 0
}

function rowOf(month: Month, { fleet, data, link, message, measured }: FleetInput): FleetRow {
  const { way, volume, wakeUp } = month
  const { transport, policy, session, batch } = way
  const isHttp = /^(https?|h2c)/.test(transport)
  const seen: SeenMessage = { ...message, isHttp }
  const found = policy === 'per-message' ? measured.get(way.opener ?? way.speaker) : undefined
  const spread: Range = found === undefined ? [0, 0] : spreadOf(found, ipBytes(wakeUp))
  return {
    ...{ transport, policy, session, batch, ticket: month.ticket },
    ...{ readings: month.readings, messages: month.messages, pings: month.pings },
    ...{ connections: month.connections, wakeUpsADay: month.wakeUpsADay },
    ...{ bytesUp: ipBytes(volume, ['up']), bytesDown: ipBytes(volume, ['down']) },
    ...{ packets: packets(volume), stack: stackOf(volume), wakeUpBytes: ipBytes(wakeUp) },
    roundTrips: month.roundTrips,
    activeSeconds: link === null ? null : activeSeconds(month, link),
    measured: found ?? null,
    plans: data.plans.map((plan) => planBill(month, plan, fleet, spread)),
    clouds: data.clouds.map((cloud) => cloudBill(month, cloud, seen, fleet)),
    radios: data.radios.map((radio) => energyOf(month, radio, link)),
  }
}

/** How far what was measured lies from the model, to either side. */
const spreadOf = ({ low, high }: NonNullable<FleetRow['measured']>, modelled: number): Range => [
  Math.min(0, low - modelled),
  Math.max(0, high - modelled),
]

/** docs/performance.md: Mosquitto under the bare driver, without TLS. A test holds the two together. */
const YARDSTICK: FleetReport['yardstick'] = {
  ...{ connectionsPerS: 2_000, connections: 10_000, cpus: 2 },
  ...{ measuredOn: '2026-11-25', source: 'docs/performance.md' },
}

/** A device that comes back after an outage sets up one connection: all in a second, and spread. */
function outageOf(
  fleet: FleetFile,
  months: readonly Month[],
  scripts: Scripts,
): FleetReport['outage'] {
  const connected = months.filter(({ way }) => way.policy !== 'no-connection')
  return connected.flatMap(({ way }) => {
    const script = scripts(way.speaker, way.batch?.as === 'message' ? 'batch' : 'reading')
    const setup = way.opener === null ? script.setup : scripts(way.opener, 'reading').setup
    const once = connectionVolume({ ...script, setup }, [], {
      ...{ end: 'lost', pace: 'own-time', ...fleet.count },
    })
    return [0, fleet.outage.jitter].map((jitterS) => {
      const connectionsPerS = fleet.devices / Math.max(1, jitterS)
      const { transport, policy } = way
      const bytesPerS = connectionsPerS * ipBytes(once)
      return { transport, policy, jitterS, connectionsPerS, bytesPerS }
    })
  })
}
