import type { CellVerdict } from '../model/report/check/check.ts'
import { contentTypeOf } from '../model/scenario/content-type.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { catalogue } from '../model/text/language.ts'
import type { Direction, Layer, Phase, Protocol } from '../model/vocabulary.ts'

const say = catalogue({
  en: {
    noVerdict: 'the gate has no verdict',
    saysUnchanged: (finding: string) => `the gate says ${finding}, but nothing changed`,
    says: (finding: string) => `the gate says ${finding}`,
    unnamed: (place: string) => `the gate does not name ${place}`,
    grown: (place: string, by: number, says: number) =>
      `${place} should have grown by ${by}, the gate says ${says}`,
    noField: 'the gate does not name the field that grew',
  },
  'zh-TW': {
    noVerdict: '沒有判定',
    saysUnchanged: (finding) => `判定為 ${finding}，但什麼都沒有變`,
    says: (finding) => `判定為 ${finding}`,
    unnamed: (place) => `判定沒有指出 ${place}`,
    grown: (place, by, says) => `${place} 應該多 ${by}，判定卻說 ${says}`,
    noField: '判定沒有指出變長的欄位',
  },
})

/**
 * One byte more in one place of a scenario, and what a gate that sees it must
 * say. Used to show that the gate sees it.
 */
export interface Mutation {
  readonly name: 'client id' | 'topic' | 'header value' | 'payload'
  readonly phase: Phase
  readonly direction: Direction
  readonly layer: Layer
  /** The field that must be named. */
  readonly part: RegExp
  /** Protocols that carry it; the bytes of others must not change. */
  concerns(protocol: Protocol): boolean
  /** @param firstPayload what message 0 holds */
  apply(scenario: Scenario, firstPayload: Uint8Array): Scenario
}

const isMqtt = (protocol: Protocol): boolean => protocol.startsWith('mqtt/')
const isHttp = (protocol: Protocol): boolean => protocol.startsWith('http/')

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'client id',
    phase: 'setup',
    direction: 'up',
    layer: 'control',
    part: /^Client Identifier$/,
    concerns: isMqtt,
    apply: (scenario) => ({
      ...scenario,
      mqtt: { ...scenario.mqtt, clientId: `${scenario.mqtt.clientId}x` },
    }),
  },
  {
    name: 'topic',
    phase: 'steady',
    direction: 'up',
    layer: 'framing',
    part: /^Topic Name$/,
    concerns: isMqtt,
    apply: (scenario) => ({ ...scenario, topic: `${scenario.topic}x` }),
  },
  {
    name: 'header value',
    phase: 'steady',
    direction: 'up',
    layer: 'framing',
    part: /^content-type$/i,
    concerns: isHttp,
    apply: (scenario) => ({
      ...scenario,
      payload: { ...scenario.payload, contentType: `${contentTypeOf(scenario)}x` },
    }),
  },
  {
    name: 'payload',
    phase: 'steady',
    direction: 'up',
    layer: 'payload',
    part: /payload|body|content|data/i,
    concerns: () => true,
    apply: lengthenPayload,
  },
]

/** One byte more in every message. */
function lengthenPayload(scenario: Scenario, firstPayload: Uint8Array): Scenario {
  const { records } = scenario.payload
  const contentType = contentTypeOf(scenario)
  if (records?.as === 'messages') {
    // Every message differs: a name that is one letter longer makes each one byte longer.
    const [[name, field], ...others] = Object.entries(records.record) as [
      [string, (typeof records.record)[string]],
    ]
    const record = Object.fromEntries([[`${name}x`, field], ...others])
    return { ...scenario, payload: { ...scenario.payload, records: { ...records, record } } }
  }
  const hex = `${Buffer.from(firstPayload).toString('hex')}20`
  return { ...scenario, payload: { hex, contentType, seed: scenario.payload.seed } }
}

/** What a verdict lacks to show that the gate saw the byte; null where it lacks nothing. */
export function findMissedByte(
  mutation: Mutation,
  protocol: Protocol,
  verdict: CellVerdict | undefined,
): string | null {
  if (verdict === undefined) return say.noVerdict
  if (!mutation.concerns(protocol)) {
    return verdict.finding === 'unchanged' ? null : say.saysUnchanged(verdict.finding)
  }
  if (verdict.finding !== 'changed') return say.says(verdict.finding)
  const { phase, direction, layer } = mutation
  const place = `${phase} ${direction} ${layer}`
  const difference = verdict.differences.find(
    (each) => each.phase === phase && each.direction === direction && each.layer === layer,
  )
  const grown = mutation.phase === 'setup' ? 1 : verdict.messages.is
  if (difference === undefined) return say.unnamed(place)
  if (difference.is - difference.was !== grown) {
    return say.grown(place, grown, difference.is - difference.was)
  }
  const isNamed = verdict.frame?.parts.some(({ label }) => mutation.part.test(label)) ?? false
  return isNamed ? null : say.noField
}
