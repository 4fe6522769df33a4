import { InstrumentError } from '../model/errors.ts'
import type { FleetFile } from '../model/fleet/fleet-file.ts'
import type { Change, FleetChange } from '../model/fleet/fleet-report.ts'
import type { DataPlan } from '../model/fleet/plan-file.ts'
import { TRANSPORT_IDS } from '../transports/registry.ts'
import { planBill } from './bill.ts'
import { type Month, monthOf, reshaping, type Scripts } from './month.ts'
import { withoutHeaders, withPayload, withTopic } from './reshape.ts'
import type { Script } from './script.ts'
import { gapsOf, messagesIn } from './timeline.ts'
import { ipBytes } from './volume.ts'
import { baseOf } from './ways.ts'

interface Possible {
  readonly change: Change
  readonly basis: FleetChange['basis']
  readonly fleet: FleetFile
  readonly transport: string
  readonly policy: Month['way']['policy']
  readonly scripts: Scripts
}

/** Devices keep this much of a NAT's time in hand. */
const WITHIN_NAT = 0.9

/** Cells that a change needs beside those of the fleet itself, where this program has them. */
export function cellsOfChanges(transport: string): string[] {
  const others = [qos0Of(transport), aliasOf(transport)].filter((id) => id !== null)
  return others.filter((id) => TRANSPORT_IDS.includes(id))
}

const qos0Of = (id: string): string | null =>
  /-qos[12]$/.test(id) ? id.replace(/-qos[12]$/, '-qos0') : null

const aliasOf = (id: string): string | null => {
  const [, version, qos] = /^(mqtt5?)-(qos[01])$/.exec(id) ?? []
  return version === undefined ? null : `mqtt5-alias-${qos}`
}

/**
 * Each single change of a fleet that takes fewer bytes, worked out like the
 * fleet itself, the one that saves most first. One whose cells are not there is left out.
 * @param payload of a reading, in bytes
 */
export function changesOf(
  fleet: FleetFile,
  months: readonly Month[],
  scripts: Scripts,
  plans: readonly DataPlan[],
  payload: number,
): FleetChange[] {
  const found = months.flatMap((month) =>
    possible(fleet, month, scripts, payload).flatMap((each): FleetChange[] => {
      const after = attempt(each)
      if (after === null) return []
      const [before, now] = [ipBytes(month.volume), ipBytes(after.volume)]
      if (now >= before) return []
      return [
        {
          ...{ transport: month.way.transport, policy: month.way.policy },
          ...{ change: each.change, basis: each.basis },
          ...{ beforeBytes: before, afterBytes: now },
          bills: plans.map((plan) => ({
            plan: plan.id,
            before: planBill(month, plan, fleet).billedBytes[1],
            after: planBill(after, plan, fleet).billedBytes[1],
          })),
        },
      ]
    }),
  )
  return found.toSorted((a, b) => saved(b) - saved(a))
}

const saved = ({ beforeBytes, afterBytes }: FleetChange): number => beforeBytes - afterBytes

function attempt({ fleet, transport, policy, scripts }: Possible): Month | null {
  try {
    return monthOf(fleet, transport, policy, scripts)
  } catch (error) {
    // Its cell was not measured, or a stored report has none.
    if (error instanceof InstrumentError) return null
    throw error
  }
}

function possible(fleet: FleetFile, month: Month, scripts: Scripts, payload: number): Possible[] {
  const { way } = month
  const { transport, policy } = way
  const own = { basis: 'measured frames' as const, fleet, transport, policy, scripts }
  const connection = (given: Partial<FleetFile['connection']>): FleetFile => ({
    ...fleet,
    connection: { ...fleet.connection, ...given },
  })
  const list: Possible[] = []
  if (way.policy === 'per-message') list.push({ ...own, change: { kind: 'keep' }, policy: 'kept' })
  const waits = fleet.schedule.commands !== undefined
  if (way.policy === 'kept' && !waits) {
    list.push({ ...own, change: { kind: 'per-message' }, policy: 'per-message' })
  }
  if (way.session === 'full') {
    list.push({ ...own, change: { kind: 'resume' }, fleet: connection({ session: 'resumed' }) })
  }
  const { keepAlive, natTimeout } = fleet.connection
  const longer = Math.floor(natTimeout * WITHIN_NAT)
  if (way.policy === 'kept' && keepAlive > 0 && (natTimeout === 0 || longer > keepAlive)) {
    const seconds = natTimeout === 0 ? keepAlive * 2 : longer
    list.push({
      ...{ ...own, change: { kind: 'keep-alive', seconds } },
      fleet: connection({ keepAlive: seconds }),
    })
  }
  const [qos0, alias] = [qos0Of(transport), aliasOf(transport)]
  if (qos0 !== null)
    list.push({ ...own, change: { kind: 'qos-0', transport: qos0 }, transport: qos0 })
  if (alias !== null && way.policy === 'kept') {
    list.push({ ...own, change: { kind: 'topic-alias', transport: alias }, transport: alias })
  }
  return [...list, ...reshaped(fleet, month, own, payload), ...batches(fleet, month, own, payload)]
}

type Own = Omit<Possible, 'change'>

/** Frames of the same cells with parts of another size. */
function reshaped(fleet: FleetFile, month: Month, own: Own, payload: number): Possible[] {
  const basis = 'reshaped frames' as const
  const { consider } = fleet
  const by = (change: (script: Script, isBatch: boolean) => Script): Scripts =>
    reshaping(own.scripts, (script, which) => change(script, which === 'batch'))
  const size = month.way.batch?.as === 'message' ? month.way.batch.size : 1
  const other = consider.payloadBytes ?? Math.floor((payload * 2) / 3)
  const list: Possible[] = []
  const script = own.scripts(month.way.speaker, size > 1 ? 'batch' : 'reading')
  if (other < payload) {
    const scripts = by((each, isBatch) => withPayload(each, isBatch ? other * size : other))
    list.push({ ...own, basis, change: { kind: 'encoding', bytes: other }, scripts })
  }
  if (withTopic(script, consider.topicBytes) !== null) {
    const scripts = by((each) => withTopic(each, consider.topicBytes) ?? each)
    list.push({ ...own, basis, change: { kind: 'topic', bytes: consider.topicBytes }, scripts })
  }
  const bare = withoutHeaders(script)
  if (bare !== null) {
    const scripts = by((each) => withoutHeaders(each)?.script ?? each)
    list.push({ ...own, basis, change: { kind: 'headers', bytes: bare.bytes }, scripts })
  }
  return list
}

/** Several readings gathered: what that costs is that the first waits for the last. */
function batches(fleet: FleetFile, month: Month, own: Own, payload: number): Possible[] {
  const size = fleet.consider.batch
  if (month.way.batch !== null || fleet.schedule.commands !== undefined) return []
  const gaps = gapsOf(fleet)
  const waitS = ((size - 1) * fleet.month) / messagesIn(gaps)
  const gathered = reshaping(
    (id) => own.scripts(id, 'reading'),
    (script) => withPayload(script, payload * size),
  )
  const change = (as: 'message' | 'messages') => ({ kind: 'batch' as const, size, as, waitS })
  const isTold = month.way.policy === 'per-message'
  const base = baseOf(own.transport)
  // An id that says how it connects is the variant of another, in whose name it is gathered.
  const { session } = month.way
  const connected = session === 'none' ? {} : { session }
  const batch = (as: 'message' | 'messages'): FleetFile => ({
    ...{ ...fleet, batch: { size, as } },
    connection: { ...fleet.connection, ...connected },
  })
  const inOne: Possible = {
    ...{ ...own, basis: 'reshaped frames', change: change('message'), transport: base },
    ...{ fleet: batch('message'), policy: 'per-batch' },
    scripts: (id, which) => (which === 'batch' ? gathered(id, which) : own.scripts(id, which)),
  }
  const each: Possible = {
    ...{ ...own, change: change('messages'), transport: base },
    ...{ fleet: batch('messages'), policy: 'per-batch' },
  }
  const { connection, batch: gatheredNow } = fleet
  const isRow = (as: 'message' | 'messages'): boolean =>
    connection.policy.includes('per-batch') && gatheredNow?.as === as && gatheredNow.size === size
  return [...(isRow('message') ? [] : [inOne]), ...(isTold && !isRow('messages') ? [each] : [])]
}
