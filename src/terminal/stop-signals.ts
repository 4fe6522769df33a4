import { InstrumentError } from '../model/errors.ts'
import { EXIT, type ExitCode } from '../model/exit-codes.ts'
import { said } from '../model/said/said.ts'

export interface Stop {
  /** Aborts at the first signal that stops; its reason names it. */
  signal: AbortSignal
  /** 129, 130 or 143 once stopped, else null. */
  exitCode(): ExitCode | null
}

const EXIT_OF = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  // Ctrl-Break, on Windows alone; there it is the other way of saying ctrl-C.
  SIGBREAK: EXIT.interrupted,
} as const

type StopSignal = keyof typeof EXIT_OF

const STOP_SIGNALS = Object.keys(EXIT_OF) as StopSignal[]

/** What the first signal does; null while nothing has been started that would have to be ended. */
let onFirst: ((name: StopSignal) => void) | null = null
let isCatching = false

/**
 * From now on no signal is lost: until a command listens, the first one ends
 * the process with its status. It is the first thing that the command does,
 * since loading the rest takes far longer than a user to press ctrl-C.
 */
export function catchSignals(): void {
  if (isCatching) return
  isCatching = true
  for (const name of STOP_SIGNALS) process.on(name, receive)
}

/** Turns the first signal into an orderly stop; a second one ends the process at once. */
export function listenForStop(): Stop {
  const controller = new AbortController()
  let exitCode: ExitCode | null = null
  onFirst = (name) => {
    exitCode = EXIT_OF[name]
    controller.abort(new InstrumentError('stopped', said('stoppedBy', { signal: name })))
  }
  catchSignals()
  return { signal: controller.signal, exitCode: () => exitCode }
}

function receive(name: NodeJS.Signals): void {
  // What comes now does what the system has it do.
  for (const each of STOP_SIGNALS) process.removeListener(each, receive)
  isCatching = false
  if (onFirst === null) process.exit(EXIT_OF[name as StopSignal])
  onFirst(name as StopSignal)
}
