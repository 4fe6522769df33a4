import type { CellSpec } from '../../delivery/cell-spec.ts'
import { describeError, type ErrorCode, InstrumentError } from '../../model/errors.ts'
import { type Secrets, withholdText } from '../../targets/withhold.ts'

/** Why a pass failed, as it crosses the border of a process. */
export interface PassFailure {
  code: ErrorCode
  message: string
}

/** @param secrets that must not be repeated */
export function describeFailure(error: unknown, secrets: Secrets): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  return { code, message: withholdText(describeError(error), secrets) }
}

/** A block or pass that ended early because nothing arrived any more. */
export function fellSilent(
  { scenario }: Pick<CellSpec, 'scenario'>,
  sent: number,
  of = scenario.messages,
): InstrumentError {
  const what =
    scenario.flow === 'roundtrip'
      ? `states stopped coming back: ${sent} of ${of} commands were sent, none of the last was answered`
      : `messages stopped arriving: ${sent} of ${of} were sent`
  return new InstrumentError('deadline', what)
}
