import { METRIC_NAMES } from '../model/report/metric.ts'
import type { KnownNames } from '../scenario/parse-scenario.ts'
import { TRANSPORT_IDS } from '../transports/registry.ts'
import { TRANSPORT_GROUPS } from '../transports/transport.ts'

/** What a scenario file may name in this version of the package. */
export const KNOWN_NAMES: KnownNames = {
  transportIds: [...TRANSPORT_IDS, ...TRANSPORT_GROUPS],
  transportGroups: TRANSPORT_GROUPS,
  metricNames: METRIC_NAMES,
}
