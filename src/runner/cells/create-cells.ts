import { lossName } from '../../model/link/loss.ts'
import { type Said, said } from '../../model/said/said.ts'
import { asSentBy, mqttObstacle } from '../../model/scenario/as-sent.ts'
import { subscribersOf } from '../../model/scenario/fan-out-family.ts'
import { payloadFieldOf } from '../../model/scenario/http-query.ts'
import { contentEncodingOf, encodingName } from '../../model/scenario/payload/encoded.ts'
import { tlsProfileOf } from '../../model/tls/profiles.ts'
import type { Plan, PlannedScenario } from '../../plan/plan.ts'
import { compressionObstacle } from '../../scenario/encoding/encode.ts'
import { targetOf } from '../../targets/target.ts'
import { tlsObstacle } from '../../transports/tls/profile-obstacle.ts'
import type { TransportTraits } from '../../transports/transport.ts'
import { CellDraft } from './cell-builder.ts'

/** The cells of a run, by scenario and transport. */
export type Drafts = ReadonlyMap<PlannedScenario, ReadonlyMap<string, CellDraft>>

export const LOOPBACK = 'loopback'
/** What the latency pass goes over, as reports name it. */
export const linkName = ({ link, loss }: Plan): string =>
  link?.profile.name ?? (loss === undefined ? LOOPBACK : lossName(loss.probability))

/** A draft for each cell of the plan; those whose transport has not the flow are skipped from the start. */
export function draftCells(plan: Plan, traits: ReadonlyMap<string, TransportTraits>): Drafts {
  return new Map(
    plan.scenarios.map((shared) => [
      shared,
      new Map(
        shared.transports.map((id) => {
          const own = traits.get(id) as TransportTraits
          const planned = { ...shared, scenario: asSentBy(shared.scenario, own.protocol) }
          const { client, protocol, completion, flows, legs } = own
          const target = targetOf(plan.targets, own)
          const { name, flow } = planned.scenario
          const subscribers = subscribersOf(planned.scenario)
          const isForwarded = flow === 'roundtrip' || (flow === 'fanout' && protocol !== 'none')
          const isOfTwoLegs = legs === 2 || isForwarded
          const draft = new CellDraft({
            scenario: name,
            transport: id,
            client,
            protocol,
            flow,
            // Whatever carries it: a command is done when the device has answered it.
            completion: flow === 'roundtrip' ? 'answered' : completion,
            link: target?.reported.place === 'elsewhere' ? 'network' : linkName(plan),
            ...(isOfTwoLegs ? { legs: 2 as const } : {}),
            ...(subscribers === null ? {} : { subscribers }),
            ...encodingOf(planned.scenario),
            ...(target === null ? {} : { target: target.reported.url }),
          })
          const unfit =
            planned.unfit?.get(id) ??
            compressedTarget(planned, own) ??
            compressionObstacle(planned.scenario.payload.compress) ??
            mqttObstacle(planned.scenario.mqtt, own.protocol) ??
            tlsUnfit(planned, own, target === null)
          if (!flows.includes(flow)) draft.skip(said('noFlow', { transport: id, flow }))
          else if (unfit !== null) draft.skip(unfit)
          draft.warnings.push(...unsaidCompression(planned, own))
          return [id, draft] as const
        }),
      ),
    ]),
  )
}

function encodingOf({ payload }: PlannedScenario['scenario']) {
  const { encoding, compress = 'none' } = payload
  return {
    ...(encoding !== undefined && { encoding: encodingName(encoding) }),
    ...(compress !== 'none' && { compression: compress }),
  }
}

/** Where nothing tells a receiver how to read what it gets. */
function unsaidCompression({ scenario }: PlannedScenario, { protocol }: TransportTraits): Said[] {
  const encoding = contentEncodingOf(scenario.payload)
  if (encoding === null || protocol.startsWith('http/') || protocol.startsWith('mqtt/5')) return []
  return [said('unsaidCompression', { protocol, encoding })]
}

/** RFC 7541 §5.2: which of the coded bytes are the payload's cannot be told. */
const compressedTarget = ({ scenario }: PlannedScenario, { protocol }: TransportTraits) =>
  protocol === 'http/2' && payloadFieldOf(scenario.http.request) !== null
    ? said('payloadInQuery')
    : null

const tlsUnfit = ({ scenario }: PlannedScenario, traits: TransportTraits, isOurs: boolean) =>
  traits.secure ? tlsObstacle(tlsProfileOf(scenario), traits, isOurs ? 'ours' : 'target') : null
