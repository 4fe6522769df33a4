import { InstrumentError } from '../../model/errors.ts'
import { quoted, said } from '../../model/said/said.ts'
import { stopped } from '../connection-errors.ts'

/** A program of somebody else's that says when it serves. */
export interface StartedProgram {
  /** From what it has said so far: an error where it will not be up any more. */
  judge(): 'up' | 'not yet' | InstrumentError
  /** Calls this whenever it said something, or ended. */
  onChange(listener: () => void): void
  readonly deadlineMs: number
  /** What is wrong where the deadline passes. */
  late(): InstrumentError
}

/** @throws InstrumentError what `judge` found, `late`, or the reason of the signal */
export async function untilUp(program: StartedProgram, signal: AbortSignal): Promise<void> {
  let onAbort = (): void => {}
  let deadline: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      onAbort = () => reject(stopped(signal))
      signal.addEventListener('abort', onAbort, { once: true })
      deadline = setTimeout(() => reject(program.late()), program.deadlineMs)
      const look = (): void => {
        const verdict = program.judge()
        if (verdict === 'up') resolve()
        else if (verdict !== 'not yet') reject(verdict)
      }
      program.onChange(look)
      look()
    })
  } finally {
    clearTimeout(deadline)
    signal.removeEventListener('abort', onAbort)
    program.onChange(() => {})
  }
}

export type ProgramTrouble =
  | 'programEnded'
  | 'programNotStarted'
  | 'programNotListening'
  | 'programSilent'

/** @param lastLine of what it said; undefined where it said nothing about it */
export function programFailed(
  program: string,
  trouble: ProgramTrouble,
  lastLine: string | undefined,
): InstrumentError {
  const what = said(trouble, { program })
  return new InstrumentError(
    'connection',
    lastLine === undefined ? what : said('because', { what, why: quoted(lastLine.trim()) }),
  )
}
