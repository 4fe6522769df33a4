import { findMetric } from '../../../model/report/metric.ts'
import type { Cell, Report } from '../../../model/report/report.ts'
import { differsByProtocol } from '../../../model/scenario/as-sent.ts'
import { formatBytes, formatCount, formatTime } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { WORDS } from '../../words.ts'
import { entriesOf, metricOf, sentencesBy, tellOf } from '../answers/entries.ts'
import { mediansText, placeText, usualOf } from '../answers/place.ts'
import { sidesText } from '../answers/sides.ts'
import {
  handshakeOf,
  isOwnConnection,
  LINK_PER_MESSAGE,
  LINK_TOTAL,
  linkRatioText,
  linkWord,
  PER_MESSAGE,
  rangeText,
  ratiosOf,
  valuesOf,
  WIRE_TOTAL,
} from '../claims/figures.ts'
import { describeVerdict } from '../notes.ts'
import {
  isHttp,
  isMqtt,
  type RunCell,
  type ScenarioCells,
  scenarioCellsOf,
} from '../scenario-cells.ts'
import { sizeSentences } from '../sizes/sizes.ts'

const say = catalogue({
  en: {
    differentPayloads: (name: string, http: string, mqtt: string) =>
      `${name} sends different payloads, ${http} over HTTP and ${mqtt} over MQTT: what is compared is not the same content.`,
    bothTheSame: (scenarios: string) =>
      `Where one message is nearly all payload both cost the same: ${scenarios}.`,
    kept: (name: string, mqtt: string, http: string, ratio: string, link: string) =>
      `On a connection that is kept, a message of ${name} takes ${mqtt} over MQTT and ${http} over HTTP: ${ratio} on the wire${link}.`,
    onTheLink: (ratio: string, link: string) => `, ${ratio} on the ${link} with TCP/IP headers`,
    own: (name: string, where: string, told: string) =>
      `A message of ${name} that opens its own connection takes on the ${where}, all included: ${told}.`,
    ownOf: (handshake: string, mqtt: string, http: string, ratio: string) =>
      `${handshake} ${mqtt} over MQTT and ${http} over HTTP, ${ratio}`,
    wire: 'wire',
    handshakes: {
      clear: 'without TLS',
      full: 'with TLS in full',
      resumed: 'with TLS resumed',
    },
    neverCheaper: 'Opening included, MQTT never costs fewer bytes on the wire.',
    cheaper: (when: string, but: string) =>
      `Opening included, MQTT costs fewer bytes on the wire ${when}${but}.`,
    always: 'from the first message on',
    fromMessage: (message: number) => `from message ${message} on`,
    fromMessages: (least: number, most: number) =>
      `from message ${least} on for the best pair of transports, from message ${most} on for the worst`,
    neverFor: (never: number, pairs: number) => `, and never for ${never} of ${pairs} pairs`,
    savesMost: (what: string) => `Of your own choices this saves most: ${what}.`,
    inOne: (readings: string, batched: string, single: string, transport: string) =>
      `${readings} readings in one message in place of one each, ${batched} in place of ${single} over ${transport}`,
    keeping: (would: string, link: string, paid: string, kept: string, own: string) =>
      `keeping the connection, ${would} per message on the ${link} in place of ${paid} (${kept} for ${own})`,
    published: (verdict: string) => `Published: ${verdict}.`,
    alone: (sides: string) => `On the wire of a connection that is open, a message takes ${sides}.`,
    aloneOnLink: (sides: string, link: string) =>
      `On the ${link}, with TCP/IP headers, it takes ${sides}.`,
    opening: (sides: string, where: string) =>
      `With its share of opening and closing connections, a message takes ${sides} on the ${where}.`,
    arrives: (sides: string, medians: string, place: string) =>
      `A message arrives after ${sides}: ${medians}, ${place}.`,
    answered: (sides: string, medians: string, place: string) =>
      `A message is acknowledged or answered after ${sides}: ${medians}, ${place}.`,
  },
  'zh-TW': {
    differentPayloads: (name, http, mqtt) =>
      `${name} 在兩個協定上送出不同的負載，HTTP ${http}，MQTT ${mqtt}：比較的並非相同內容。`,
    bothTheSame: (scenarios) => `一則訊息若幾乎都是負載，兩者花費相同：${scenarios}。`,
    kept: (name, mqtt, http, ratio, link) =>
      `保持連線時，${name} 的一則訊息用 MQTT 要 ${mqtt}，用 HTTP 要 ${http}：線路上為 ${ratio}${link}。`,
    onTheLink: (ratio, link) => `，${link}上（含 TCP/IP 標頭）為 ${ratio}`,
    own: (name, where, told) =>
      `${name} 的一則訊息若自己開一條連線，全部算進去，在${where}上：${told}。`,
    ownOf: (handshake, mqtt, http, ratio) =>
      `${handshake} MQTT 要 ${mqtt}，HTTP 要 ${http}，${ratio}`,
    wire: '線路',
    handshakes: { clear: '不用 TLS 時', full: 'TLS 完整交握時', resumed: 'TLS 恢復工作階段時' },
    neverCheaper: '把建立連線算進去，MQTT 在線路上的位元組從不比較少。',
    cheaper: (when, but) => `把建立連線算進去，MQTT ${when}在線路上的位元組較少${but}。`,
    always: '從第一則訊息起',
    fromMessage: (message) => `從第 ${message} 則訊息起`,
    fromMessages: (least, most) =>
      `最好的一組傳輸方式從第 ${least} 則訊息起、最差的一組從第 ${most} 則起`,
    neverFor: (never, pairs) => `，但 ${pairs} 組中有 ${never} 組從不如此`,
    savesMost: (what) => `您自己能做的選擇中，最省的是：${what}。`,
    inOne: (readings, batched, single, transport) =>
      `把 ${readings} 筆讀數放進一則訊息，而不是各送一則；用 ${transport} 只要 ${batched}，而不是 ${single}`,
    keeping: (would, link, paid, kept, own) =>
      `保持連線，每則訊息在${link}上要 ${would}，而不是 ${paid}（以 ${kept} 代替 ${own}）`,
    published: (verdict) => `公開的說法：${verdict}。`,
    alone: (sides) => `連線已開時，一則訊息在線路上：${sides}。`,
    aloneOnLink: (sides, link) => `在${link}上，含 TCP/IP 標頭：${sides}。`,
    opening: (sides, where) => `連同它那一份開關連線，一則訊息在${where}上：${sides}。`,
    arrives: (sides, medians, place) =>
      `一則訊息送達所需的時間：${sides}（${medians}）；${place}。`,
    answered: (sides, medians, place) =>
      `一則訊息到確認或回應所需的時間：${sides}（${medians}）；${place}。`,
  },
})

/** From here on two figures are nearly the same to whoever has to choose. */
const NEARLY_THE_SAME = 0.9

/**
 * What uplinks come to, in up to five sentences, each with its figures and with
 * what they are of: a message on a kept connection, one that opens its own, from
 * when on MQTT is cheaper, what would save most, and the published ratio.
 * @param claim the published ratio stands in the table of the comparison too
 */
export function uplinkSentences(
  report: Report,
  claim: 'with the claim' | 'without the claim',
): string[] {
  const entries = scenarioCellsOf(report, 'uplink').map((entry) => ({
    ...entry,
    cells: entry.cells.filter((cell) => cell.status === 'measured'),
  }))
  const pairs = [
    ...differentPayloads(entries),
    ...keptConnection(entries),
    ...sizeSentences(report),
    ...ownConnection(entries),
    ...breakEven(report),
    ...mostSaving(entries),
  ]
  return [
    ...(pairs.length > 0 ? pairs : withoutPairs(report)),
    ...(claim === 'with the claim' ? publishedRatio(report) : []),
  ]
}

/** Where nothing is held against anything: what each takes, in bytes or else in time. */
function withoutPairs(report: Report): string[] {
  const entries = entriesOf(report, 'uplink')
  const isTimed = report.link === undefined && report.loss === undefined
  const bytes = sentencesBy(entries, ({ cells }) => {
    const kept = cells.filter((cell) => !paysOpening(cell))
    const opening = cells.filter(paysOpening)
    const sides = (of: readonly RunCell[], metric: string): string =>
      sidesText(of, metricOf(metric), formatBytes)
    return [
      tellOf(sides(kept, PER_MESSAGE), say.alone),
      tellOf(sides(kept, LINK_PER_MESSAGE), (told) => say.aloneOnLink(told, linkWord(kept))),
      tellOf(sides(opening, WIRE_TOTAL), (told) => say.opening(told, say.wire)),
      tellOf(sides(opening, LINK_TOTAL), (told) => say.opening(told, linkWord(opening))),
    ]
  })
  if (bytes.length > 0 || !isTimed) return bytes
  // What a server does with what it gets nobody knows but who runs it.
  const arrives = usualOf(({ latency }) => latency?.delivery)
  const answered = usualOf(({ latency }) => (latency?.delivery ? null : latency?.response))
  return sentencesBy(entries, ({ cells }) =>
    (
      [
        [arrives, say.arrives],
        [answered, say.answered],
      ] as const
    ).map(([of, tell]) =>
      tellOf(sidesText(cells, of, formatTime), (sides) =>
        tell(sides, mediansText(cells, of), placeText(report)),
      ),
    ),
  )
}

/** Each time that it has something to send, or each time that it wakes up. */
const paysOpening = (cell: RunCell): boolean =>
  isOwnConnection(cell) || cell.bytes?.wakes !== undefined

const sidesOf = (metric: string, cells: readonly Cell[]): Record<'mqtt' | 'http', string> => ({
  mqtt: rangeText(valuesOf(metric, cells.filter(isMqtt)), 'bytes'),
  http: rangeText(valuesOf(metric, cells.filter(isHttp)), 'bytes'),
})

/** Before any figure: whoever compares them must know. */
const differentPayloads = (entries: readonly ScenarioCells[]): string[] =>
  entries.flatMap(({ scenario, cells }) => {
    if (!differsByProtocol(scenario)) return []
    const { mqtt, http } = sidesOf('payload_bytes', cells)
    return [say.differentPayloads(scenario.name, http, mqtt)]
  })

interface KeptRatios {
  readonly name: string
  readonly kept: readonly Cell[]
  readonly ratios: readonly number[]
}

/** A small message, and one that is nearly all payload. */
function keptConnection(entries: readonly ScenarioCells[]): string[] {
  const found = entries.flatMap(({ scenario, cells }): KeptRatios[] => {
    const kept = cells.filter((cell) => !isOwnConnection(cell))
    const ratios = ratiosOf(PER_MESSAGE, kept)
    return ratios.length === 0 ? [] : [{ name: scenario.name, kept, ratios }]
  })
  const isHeavy = ({ ratios }: KeptRatios): boolean =>
    ratios.every((ratio) => ratio > NEARLY_THE_SAME && ratio < 1 / NEARLY_THE_SAME)
  const heavy = found.filter(isHeavy)
  // Told by the first; scenarios whose messages are alike differ by a few bytes.
  const light = found.find((each) => !isHeavy(each))
  return [
    ...(light === undefined ? [] : [lightText(light)]),
    ...(heavy.length === 0
      ? []
      : [
          say.bothTheSame(
            listNames(heavy.map(({ name, ratios }) => `${name} ${rangeText(ratios, 'ratio')}`)),
          ),
        ]),
  ]
}

function lightText({ name, kept, ratios }: KeptRatios): string {
  const { mqtt, http } = sidesOf(PER_MESSAGE, kept)
  const onLink = ratiosOf(LINK_PER_MESSAGE, kept)
  const link = onLink.length === 0 ? '' : say.onTheLink(rangeText(onLink, 'ratio'), linkWord(kept))
  return say.kept(name, mqtt, http, rangeText(ratios, 'ratio'), link)
}

/** Told by the first scenario that has such messages: how a connection is opened does not depend on what is sent. */
function ownConnection(entries: readonly ScenarioCells[]): string[] {
  for (const { scenario, cells } of entries) {
    const own = cells.filter(isOwnConnection)
    const onLink = ratiosOf(LINK_TOTAL, own).length > 0
    const metric = onLink ? LINK_TOTAL : WIRE_TOTAL
    const told = (['resumed', 'full', undefined] as const).flatMap((tls) => {
      const alike = own.filter((cell) => handshakeOf(cell) === tls)
      const ratios = ratiosOf(metric, alike)
      if (ratios.length === 0) return []
      const { mqtt, http } = sidesOf(metric, alike)
      const ratio = onLink ? linkRatioText(alike) : rangeText(ratios, 'ratio')
      return [say.ownOf(say.handshakes[tls ?? 'clear'], mqtt, http, ratio)]
    })
    if (told.length === 0) continue
    const where = onLink ? linkWord(own) : say.wire
    return [say.own(scenario.name, where, told.join(WORDS.semicolon))]
  }
  return []
}

/** Of the pairs whose connections are both kept. */
function breakEven({ breakEven: found, cells }: Report): string[] {
  const keptOf = (scenario: string, transport: string): Cell | undefined =>
    cells.find(
      (cell) =>
        cell.scenario === scenario &&
        cell.transport === transport &&
        cell.status === 'measured' &&
        cell.flow === 'uplink' &&
        !isOwnConnection(cell),
    )
  const pairs = (found?.pairs ?? []).flatMap((pair) => {
    const [left, right] = pair.between.map((id) => keptOf(pair.scenario, id))
    if (left === undefined || right === undefined) return []
    const [mqtt, http] = isMqtt(left) ? [left, right] : [right, left]
    // Like against like: a handshake is paid on both sides, or on none.
    if (!isMqtt(mqtt) || !isHttp(http) || handshakeOf(mqtt) !== handshakeOf(http)) return []
    return [{ pair, mqtt: mqtt.transport }]
  })
  if (pairs.length === 0) return []
  const cheaper = pairs.filter(({ pair, mqtt }) => pair.bytes.cheaper === mqtt)
  const from = cheaper.map(({ pair }) => pair.bytes.fromMessages)
  const [least, most] = [Math.min(...from), Math.max(...from)]
  if (cheaper.length === 0) return [say.neverCheaper]
  const when =
    most === 1 ? say.always : least === most ? say.fromMessage(most) : say.fromMessages(least, most)
  const never = pairs.length - cheaper.length
  const but = never === 0 ? '' : say.neverFor(never, pairs.length)
  return [say.cheaper(when, but)]
}

/** What whoever runs this can choose, and what it saves of the same content on the same protocol. */
function mostSaving(entries: readonly ScenarioCells[]): string[] {
  const savings = [...ofOneMessage(entries), ...ofKeeping(entries)].toSorted(
    (a, b) => b.share - a.share,
  )
  const [best] = savings
  return best === undefined ? [] : [say.savesMost(best.text)]
}

interface Saving {
  readonly share: number
  readonly text: string
}

/** The same records in one message, and in one each. */
function ofOneMessage(entries: readonly ScenarioCells[]): Saving[] {
  const of = (as: 'array' | 'messages') =>
    entries.find(({ scenario }) => scenario.payload.records?.as === as)
  const [one, each] = [of('array'), of('messages')]
  const readings = each?.scenario.payload.records?.count
  if (readings === undefined || one?.scenario.payload.records?.count !== readings) return []
  return (one?.cells ?? []).filter(isHttp).flatMap((cell): Saving[] => {
    const alone = each?.cells.find(({ transport }) => transport === cell.transport)
    const [batched, single] = [cell, alone].map((from) => from && findMetric(STEADY)?.of(from))
    if (batched == null || single == null) return []
    return [
      {
        share: 1 - batched / single,
        text: say.inOne(
          formatCount(readings),
          formatBytes(batched),
          formatBytes(single),
          cell.transport,
        ),
      },
    ]
  })
}

const STEADY = 'steady_wire_bytes'

/** Keeping the connection instead of opening one for each message; resuming instead of a full handshake. */
function ofKeeping(entries: readonly ScenarioCells[]): Saving[] {
  return entries.flatMap(({ cells }) =>
    cells.filter(isOwnConnection).flatMap((own): Saving[] => {
      const kept = cells.find(
        (cell) =>
          !isOwnConnection(cell) &&
          cell.protocol === own.protocol &&
          cell.completion === own.completion &&
          handshakeOf(cell) === (handshakeOf(own) === undefined ? undefined : 'full'),
      )
      const [paid, would] = [own, kept].map((cell) =>
        cell === undefined ? null : (findMetric(LINK_TOTAL)?.of(cell) ?? null),
      )
      if (kept === undefined || paid == null || would == null) return []
      return [
        {
          share: 1 - would / paid,
          text: say.keeping(
            formatBytes(would),
            linkWord([own, kept]),
            formatBytes(paid),
            kept.transport,
            own.transport,
          ),
        },
      ]
    }),
  )
}

/** The claim on the ratio, over all contents where several make it. */
function publishedRatio({ verdicts, plan }: Report): string[] {
  const uplinks = plan.scenarios.filter(({ flow }) => flow === 'uplink').map(({ name }) => name)
  const ratios = verdicts.filter(
    ({ subject, verdict, scenario, evidence }) =>
      subject === 'ratio' &&
      verdict !== 'untested' &&
      (scenario === null
        ? evidence.every((item) => uplinks.includes(item.scenario))
        : uplinks.includes(scenario)),
  )
  const told = ratios.find(({ scenario }) => scenario === null) ?? ratios[0]
  return told === undefined ? [] : [say.published(describeVerdict(told))]
}
