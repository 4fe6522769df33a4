import { meanFurtherOf } from '../model/cost-line.ts'
import type { Cell, ClaimVerdict, TransportCost } from '../model/report/report.ts'
import type { Claim } from '../model/scenario/scenario.ts'

export type PairRatio = NonNullable<ClaimVerdict['allPairs']>[number]

/** Figures of bytes, of which a further message is one more. */
const OF_BYTES: ReadonlySet<string> = new Set(['wire_bytes_per_message', 'steady_wire_bytes'])

/**
 * A claim that MQTT costs so much less than HTTP, held against every pair of the
 * two that the run measured, and not only against those that it names: what
 * decides is which HTTP, which QoS, TLS or none, a connection that is kept or
 * one a message. What is divided is the cost of a further message as each
 * transport sends it, with its connection where it opens one for each.
 *
 * @returns null where the claim is no such ratio
 */
export function judgeAllPairs(
  claim: Claim,
  evidence: ClaimVerdict['evidence'],
  scenario: string,
  cells: readonly Cell[],
  costs: readonly TransportCost[],
): PairRatio[] | null {
  if (claim.ratio === undefined || !OF_BYTES.has(claim.metric)) return null
  const own = cells.filter((cell) => cell.scenario === scenario && cell.status === 'measured')
  const protocolOf = (transport: string): string =>
    own.find((cell) => cell.transport === transport)?.protocol ?? ''
  const isMqttToHttp = evidence.every(
    ({ transport, comparedTo }) =>
      isMqtt(protocolOf(transport)) && isHttp(protocolOf(comparedTo ?? '')),
  )
  if (evidence.length === 0 || !isMqttToHttp) return null
  const ofProtocol = (is: (protocol: string) => boolean): TransportCost[] =>
    costs.filter((cost) => cost.scenario === scenario && is(protocolOf(cost.transport)))
  const [low, high] = claim.between
  return ofProtocol(isHttp).flatMap((http) =>
    meanFurtherOf(http.bytes) === 0
      ? []
      : ofProtocol(isMqtt).map((mqtt): PairRatio => {
          const value = meanFurtherOf(mqtt.bytes) / meanFurtherOf(http.bytes)
          return {
            transport: mqtt.transport,
            comparedTo: http.transport,
            value,
            inside: low <= value && value <= high,
          }
        }),
  )
}

const isMqtt = (protocol: string): boolean => protocol.startsWith('mqtt/')
const isHttp = (protocol: string): boolean => protocol.startsWith('http/')
