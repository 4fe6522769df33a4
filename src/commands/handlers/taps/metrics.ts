import { isLoopback } from '../../../model/text/host-port.ts'
import { catalogue } from '../../../model/text/language.ts'
import { readPackageVersion } from '../../../package-root.ts'
import { wallClock } from '../../../system/clock.ts'
import type { RunningTap } from '../../../tap/metering/prompt-figures.ts'
import type { TapPlan } from '../../../tap/tap.ts'

const say = catalogue({
  en: {
    reachable: (address: string) => `--metrics: ${address} can be reached from other machines`,
    served: (place: string) => `figures for Prometheus are at http://${place}/metrics`,
  },
  'zh-TW': {
    reachable: (address) => `--metrics：其他機器連得到 ${address}`,
    served: (place) => `給 Prometheus 的數字在 http://${place}/metrics`,
  },
})

/**
 * Serves the figures of the taps that run by the time somebody asks.
 * @returns null where it was not asked for
 */
export async function openMetrics(
  place: TapPlan['listen'] | null,
  taps: readonly RunningTap[],
  tell: { note(line: string): void; warn(line: string): void },
): Promise<AsyncDisposable | null> {
  if (place === null) return null
  const { renderTapMetrics } = await import('../../../export/tap/metrics.ts')
  const { serveMetrics } = await import('../../../tap/metrics-server.ts')
  const fixed = { version: readPackageVersion(), startedAt: wallClock() }
  const server = await serveMetrics(place, async (form) => {
    const snapshots = await Promise.all(taps.map((tap) => tap.snapshot()))
    const sources = snapshots.filter((each) => each !== null)
    return await renderTapMetrics(form, sources, {
      ...fixed,
      residentBytes: process.memoryUsage.rss(),
    })
  })
  if (!isLoopback(place.address)) tell.warn(say.reachable(place.address))
  tell.note(say.served(server.place))
  return server
}
