import { type Metric, openMetricsContentType, Registry } from 'prom-client'
import { type MeterFigures, PAYLOAD_BOUNDS } from '../../model/report/tap/meter-figures.ts'
import type { TapReport } from '../../model/report/tap/tap-report.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'

/** What a tap tells while it runs. */
export interface TapSource extends Pick<TapReport, 'listen' | 'wireBytes' | 'connections'> {
  meter: MeterFigures
  ageMs: number
}

/** What is told of the process itself. */
export interface ProcessFigures {
  version: string
  startedAt: Date
  residentBytes: number
}

type Labels = Record<string, string | number>
interface Sample {
  labels: Labels
  value: number
  metricName?: string
}

/**
 * What taps tell while they run, as Prometheus reads it: OpenMetrics 1.0, or its
 * text format 0.0.4. All figures are totals since the start.
 */
export async function renderTapMetrics(
  form: 'openmetrics' | 'text',
  sources: readonly TapSource[],
  process: ProcessFigures,
): Promise<{ contentType: string; text: string }> {
  const registry = new Registry()
  if (form === 'openmetrics')
    (registry as Registry<never>).setContentType(openMetricsContentType as never)
  const add = (type: string, name: string, help: string, values: Sample[]): void =>
    registry.registerMetric(counted(type, name, help, values))
  const of = (samples: (source: TapSource, listener: Labels) => Sample[]): Sample[] =>
    sources.flatMap((source) => samples(source, { listener: source.listen }))
  const traffic = (
    samples: (each: MeterFigures['traffic'][number], labels: Labels) => Sample[],
  ): Sample[] =>
    of(({ meter }, { listener }) =>
      meter.traffic.flatMap((each) => {
        const { protocol, tls } = each
        return samples(each, { listener: listener as string, protocol, tls })
      }),
    )
  const topics = (value: 'messages' | 'bytes'): Sample[] =>
    of(({ meter }, labels) =>
      meter.topics.map(({ topic, direction, [value]: count }) => ({
        ...{ labels: { ...labels, topic, direction }, value: count },
      })),
    )

  add('gauge', 'tap_build_info', 'The version that runs.', [
    { labels: { version: process.version }, value: 1 },
  ])
  add('gauge', 'process_resident_memory_bytes', 'Memory of the process.', [
    { labels: {}, value: process.residentBytes },
  ])
  add('gauge', 'process_start_time_seconds', 'When it began, since 1970.', [
    { labels: {}, value: process.startedAt.getTime() / 1e3 },
  ])
  add(
    'counter',
    'tap_passed_bytes_total',
    'Wire bytes passed on, counted apart from any ledger.',
    of(({ wireBytes }, labels) =>
      DIRECTIONS.map((direction) => ({
        ...{ labels: { ...labels, direction }, value: wireBytes[direction] },
      })),
    ),
  )
  add(
    'counter',
    'tap_bytes_total',
    'Wire bytes by what they are for.',
    traffic(({ ledger }, labels) =>
      ledger.map(({ phase, direction, layer, bytes }) => ({
        ...{ labels: { ...labels, phase, direction, layer }, value: bytes },
      })),
    ),
  )
  add(
    'counter',
    'tap_unread_bytes_total',
    'Wire bytes that are in no layer, and why.',
    traffic(({ unread }, labels) =>
      unread
        .map(({ direction, cause, bytes }) => ({
          ...{ labels: { ...labels, direction, cause }, value: bytes },
        }))
        .filter(hasBeen),
    ),
  )
  add(
    'gauge',
    'tap_pending_bytes',
    'Wire bytes of what is not over yet: they will be in a layer, or unread.',
    of(({ meter }, labels) =>
      DIRECTIONS.map((direction) => ({
        ...{ labels: { ...labels, direction }, value: meter.pending[direction] },
      })),
    ),
  )
  add(
    'counter',
    'tap_messages_total',
    'Messages, by who sent them.',
    traffic(({ messages }, labels) =>
      messages
        .map(({ direction, qos, count }) => ({
          ...{ labels: { ...labels, direction, qos }, value: count },
        }))
        .filter(hasBeen),
    ),
  )
  add(
    'counter',
    'tap_round_trips_total',
    'Answers that a device waited for.',
    traffic(({ roundTrips }, labels) =>
      roundTrips.map(({ phase, count }) => ({ labels: { ...labels, phase }, value: count })),
    ),
  )
  add(
    'histogram',
    'tap_payload_size_bytes',
    'Payload of each message.',
    traffic(({ payloads }, labels) =>
      payloads.flatMap(({ direction, counts, bytes }) =>
        histogramOf({ ...labels, direction }, counts, bytes),
      ),
    ),
  )
  add(
    'counter',
    'tap_connections_opened_total',
    'Connections accepted.',
    of(({ connections }, labels) => [{ labels, value: connections.accepted }]),
  )
  add(
    'gauge',
    'tap_connections_open',
    'Connections that are there.',
    of(({ connections }, labels) => [{ labels, value: connections.open }]),
  )
  add(
    'counter',
    'tap_connections_ended_total',
    'Connections that are over: closed in order, broken by client or target, target unreachable.',
    traffic(({ ended }, labels) =>
      Object.entries(ended).map(([end, count]) => ({ labels: { ...labels, end }, value: count })),
    ),
  )
  add(
    'counter',
    'tap_connections_lost_total',
    'Connections that could not be accepted.',
    of(({ connections }, labels) => [{ labels, value: connections.lost }]),
  )
  add('counter', 'tap_topic_messages_total', 'Messages by what they are about.', topics('messages'))
  add(
    'counter',
    'tap_topic_bytes_total',
    'Wire bytes of the units that carried messages, without what answered.',
    topics('bytes'),
  )
  const changes = (
    samples: (change: MeterFigures['changes'][number], labels: Labels) => Sample[],
  ): Sample[] =>
    of(({ meter }, labels) =>
      meter.changes.flatMap((change) => {
        const { topic, direction } = change
        return samples(change, { ...labels, topic, direction })
      }),
    )
  add(
    'counter',
    'tap_excess_bytes_total',
    'Bytes by which units were larger than the nearest of the baseline.',
    changes(({ excess }, labels) =>
      excess.map(({ layer, bytes }) => ({ labels: { ...labels, layer }, value: bytes })),
    ),
  )
  add(
    'counter',
    'tap_changed_units_total',
    'Units that are none of the baseline.',
    changes(({ units }, labels) => [{ labels, value: units }]),
  )
  add(
    'gauge',
    'tap_figures_age_seconds',
    'So old these figures are: more than 0 where the reader is behind.',
    of(({ ageMs }, labels) => [{ labels, value: ageMs / 1e3 }]),
  )
  return { contentType: registry.contentType, text: await registry.metrics() }
}

/** A metric that is not counted here: the registry asks it for its name, which differs between the forms. */
const counted = (type: string, name: string, help: string, values: Sample[]): Metric =>
  ({
    ...{ type, name, help },
    async get(this: { name: string }) {
      return { type, name: this.name, help, values, aggregator: 'sum' }
    },
  }) as unknown as Metric

/** Not every protocol has all of them. */
const hasBeen = ({ value }: Sample): boolean => value > 0

function histogramOf(labels: Labels, counts: readonly number[], bytes: number): Sample[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return []
  const name = 'tap_payload_size_bytes'
  let sum = 0
  return [
    ...PAYLOAD_BOUNDS.map((bound, index) => {
      sum += counts[index] ?? 0
      return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: sum }
    }),
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: total },
    { metricName: `${name}_sum`, labels, value: bytes },
    { metricName: `${name}_count`, labels, value: total },
  ]
}
