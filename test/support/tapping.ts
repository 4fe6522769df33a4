import { expect } from 'vitest'
import type { TapReport } from '../../src/model/report/tap/tap-report.ts'
import { planTap } from '../../src/plan/tap.ts'
import { runTap } from '../../src/tap/tap.ts'
import { checkAgainst } from '../../src/tap/tap-book.ts'
import { CapturedConnections, sumOf } from './captured-connections.ts'

/**
 * A tap in this process, with tcpdump beside it, until every connection has ended:
 * both have counted the same bytes in each direction.
 * @param drive is given the tap's port
 */
export async function tapping(
  targetPort: number,
  drive: (port: number) => Promise<void>,
): Promise<TapReport> {
  const stop = new AbortController()
  let isDriven = false
  let listens: (port: number) => void = () => {}
  const listening = new Promise<number>((resolve) => {
    listens = resolve
  })
  const tapped = runTap(planTap({ listen: '0', to: `127.0.0.1:${targetPort}` }), {
    signal: stop.signal,
    reportEveryMs: 20,
    onListening: (place) => listens(Number(/\d+$/.exec(place)?.[0])),
    onReport: ({ connections }) => {
      if (isDriven && connections.open === 0) stop.abort()
    },
    onRemark: () => {},
  })
  try {
    const port = await Promise.race([listening, tapped.then(() => 0)])
    const capture = await CapturedConnections.start(port)
    await drive(port)
    isDriven = true
    const report = await tapped
    const captured = await capture.stop(report.connections.accepted)
    expect(report.wireBytes).toEqual({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') })
    expect(captured).toHaveLength(report.connections.accepted)
    checkAgainst(report.wireBytes, report.protocols)
    return report
  } finally {
    stop.abort()
  }
}

/** Messages of a protocol, by who sent them. */
export function messagesOf(report: TapReport, protocol: string) {
  const found = report.protocols.find((each) => each.protocol === protocol)
  if (found === undefined) throw new Error(`no ${protocol}: ${JSON.stringify(report.protocols)}`)
  return found.messages
}

/** What became of messages and requests: verdict, text, how often. */
export const outcomesOf = (report: TapReport): string[] =>
  report.protocols.flatMap(({ outcomes }) =>
    outcomes.map(({ direction, unit, text, count }) => `${direction} ${unit} ${text} (${count})`),
  )

export const unreadOf = (report: TapReport): string[] =>
  report.protocols.flatMap(({ unread }) => unread.map(({ reason }) => reason))
