/// <reference types="node" preserve="true" />
/** The library surface: the types of stored reports and scenario files, their validation, and a run. */
export { judgeClaims } from './gate/claims.ts'
export { InstrumentError } from './model/errors.ts'
export { findMetric, METRICS } from './model/report/metric.ts'
export type { Cell, ClaimVerdict, Report } from './model/report/report.ts'
export { reportSchema } from './model/report/report.ts'
export { REPORT_SCHEMA_VERSION } from './model/report/schema-versions.ts'
export type { Claim, Scenario, ScenarioInput } from './model/scenario/scenario.ts'
export { scenarioSchema } from './model/scenario/scenario.ts'
export { sumLedger } from './model/wire/ledger.ts'
export type { Plan } from './plan/plan.ts'
export { FULL_LATENCY, QUICK_LATENCY } from './plan/plan.ts'
export { type RunHooks, runPlan } from './runner/run.ts'
export type {
  Endpoint,
  PacedProducer,
  Peer,
  Producer,
  SelfDrivingProducer,
  Transport,
  TransportTraits,
} from './transports/transport.ts'
