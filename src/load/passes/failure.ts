import type { CellSpec } from '../../delivery/cell-spec.ts'
import { type ErrorCode, InstrumentError, saidOf } from '../../model/errors.ts'
import { type Said, said } from '../../model/said/said.ts'
import { type Secrets, withholdSaid } from '../../targets/withhold.ts'

/** Why a pass failed, as it crosses the border of a process. */
export interface PassFailure {
  code: ErrorCode
  message: Said
}

/** @param secrets that must not be repeated */
export function describeFailure(error: unknown, secrets: Secrets): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  return { code, message: withholdSaid(saidOf(error), secrets) }
}

/** A block or pass that ended early because nothing arrived any more. */
export function fellSilent(
  { scenario }: Pick<CellSpec, 'scenario'>,
  sent: number,
  of = scenario.messages,
): InstrumentError {
  const key = scenario.flow === 'roundtrip' ? 'statesStopped' : 'arrivalsStopped'
  return new InstrumentError('deadline', said(key, { sent, of }))
}
