import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { joinNames } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'
import { billText, bytesOf, megabytesText, moneyText, rowName } from './figures.ts'
import { say } from './words/words.ts'

/** The answer in at most five sentences: bytes, money, who is done earlier, what rounding makes of it. */
export function answerLines(report: FleetReport): string[] {
  const { rows, fleet } = report
  const sorted = rows.toSorted((a, b) => bytesOf(a) - bytesOf(b))
  const [best, worst] = [sorted[0], sorted.at(-1)]
  if (best === undefined || worst === undefined) return []
  const takes = [
    ...([rowName(best, rows), megabytesText(bytesOf(best))] as const),
    formatBytes(Math.round(best.wakeUpBytes)),
  ] as const
  const times = (bytesOf(worst) / bytesOf(best)).toPrecision(2)
  return [
    best === worst
      ? say.only(...takes)
      : say.cheapest(...takes, String(Number(times)), rowName(worst, rows)),
    ...billLines(report),
    ...soonerLines(rows, fleet.link),
    ...roundingLines(report),
  ]
}

/** The least bill of the fleet; currencies are not compared. */
function billLines({ rows, data }: FleetReport): string[] {
  const bills = rows.flatMap((row) =>
    row.plans.flatMap(({ plan, fleetTotal, currency }) =>
      fleetTotal === null || currency === null ? [] : [{ row, plan, fleetTotal, currency }],
    ),
  )
  const currencies = [...new Set(bills.map(({ currency }) => currency))]
  return currencies.map((currency) => {
    const own = bills.filter((each) => each.currency === currency)
    const least = own.reduce((a, b) => (b.fleetTotal[1] < a.fleetTotal[1] ? b : a))
    const alike = own.filter(
      ({ plan, fleetTotal }) => plan === least.plan && fleetTotal[1] === least.fleetTotal[1],
    )
    const money = moneyText(currency, least.fleetTotal)
    const file = data.find(({ kind, id }) => kind === 'plan' && id === least.plan)
    const day = file?.sources.find(({ what }) => what === 'price' || what === 'fee')?.readOn ?? ''
    return alike.length > 1 && alike.length === rows.length
      ? say.leastBillOfAll(money, least.plan, day)
      : say.leastBill(money, least.plan, day, rowName(least.row, rows))
  })
}

/** Of HTTP and MQTT that are alike otherwise: the first of each. */
function soonerLines(rows: readonly FleetRow[], link: string | null): string[] {
  const own = rows.filter(
    ({ policy, activeSeconds }) => policy === 'per-message' && activeSeconds !== null,
  )
  const http = own.find(({ transport }) => transport.startsWith('http'))
  const mqtt = own.find(
    ({ transport, session }) => transport.startsWith('mqtt') && session === http?.session,
  )
  if (http?.activeSeconds == null || mqtt?.activeSeconds == null) return []
  const difference = mqtt.activeSeconds - http.activeSeconds
  const [first, second] = difference >= 0 ? [http, mqtt] : [mqtt, http]
  const seconds = Math.abs(difference).toFixed(1)
  if (Number(seconds) === 0) return []
  const waits = second.roundTrips - first.roundTrips
  return [
    say.sooner(
      ...([rowName(first, rows), seconds, rowName(second, rows), link ?? ''] as const),
      waits > 0 ? say.waitsLonger(formatCount(waits)) : '',
    ),
  ]
}

/** Where rounding decides and not the transport, and where what was measured crosses a step of it. */
function roundingLines({ rows }: FleetReport): string[] {
  const plans = rows[0]?.plans.map(({ plan }) => plan) ?? []
  const own = rows.filter(({ batch }) => batch === null)
  const same = plans.filter(
    (_, at) =>
      own.length > 1 &&
      own.every((row) => row.plans[at]?.billedBytes[0] === own[0]?.plans[at]?.billedBytes[0]),
  )
  const open = plans.filter((_, at) => rows.some((row) => row.plans[at]?.isOpen))
  const crossing = rows.filter((row) => row.plans.some(({ isOpen }) => isOpen))
  const named = same.map((plan) => {
    const bill = own[0]?.plans.find((each) => each.plan === plan)
    const amount = bill?.total == null ? '' : ` ${bill.currency ?? ''}`
    return `${plan}${WORDS.inBrackets(`${billText(bill)}${amount}`)}`
  })
  return [
    ...(same.length === 0 ? [] : [say.sameBill(joinNames(named))]),
    ...(open.length === 0
      ? []
      : [
          crossing.length === rows.length
            ? say.openBills(joinNames(open))
            : say.openBill(joinNames(open), joinNames(crossing.map((row) => rowName(row, rows)))),
        ]),
  ]
}

/** The session that would save a whole step with the fewest bytes less. */
export function stepLines({ rows }: FleetReport): string[] {
  const near = rows
    .flatMap((row) => row.plans.map(({ plan, session }) => ({ row, plan, session })))
    .flatMap(({ row, plan, session }) =>
      session !== null && session.aboveStep > 0 && session.step > 1
        ? [{ row, plan, ...session }]
        : [],
    )
    .toSorted((a, b) => a.aboveStep - b.aboveStep)[0]
  if (near === undefined) return []
  const saved = near.step / near.billed
  const bytes = formatBytes(Math.round(near.aboveStep))
  return [say.nearStep(near.plan, rowName(near.row, rows), bytes, `${formatCount(saved * 100)}%`)]
}
