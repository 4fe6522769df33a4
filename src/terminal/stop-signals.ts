import { InstrumentError } from '../model/errors.ts'
import { EXIT, type ExitCode } from '../model/exit-codes.ts'

export interface Stop {
  /** Aborts at the first SIGINT or SIGTERM; its reason names it. */
  signal: AbortSignal
  /** 130 or 143 once stopped, else null. */
  exitCode(): ExitCode | null
}

const EXIT_OF = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const

/** Turns the first SIGINT or SIGTERM into an orderly stop; a second one ends the process at once. */
export function listenForStop(): Stop {
  const controller = new AbortController()
  let exitCode: ExitCode | null = null
  const onSignal = (name: NodeJS.Signals): void => {
    exitCode = EXIT_OF[name as keyof typeof EXIT_OF]
    process.removeListener('SIGINT', onSignal)
    process.removeListener('SIGTERM', onSignal)
    controller.abort(new InstrumentError('stopped', `stopped by ${name}`))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { signal: controller.signal, exitCode: () => exitCode }
}
