import { readdirSync } from 'node:fs'
import { InstrumentError } from '../model/errors.ts'
import { type Said, said } from '../model/said/said.ts'
import { textOf } from './text-of.ts'

/** `/proc/self/limits`, proc(5); null where there is no limit, or nothing tells it. */
export function parseFileLimit(text: string): number | null {
  const limit = /^Max open files +(\d+)/m.exec(text)?.[1]
  return limit === undefined ? null : Number(limit)
}

/** Read before anything is short: reading takes a file too. Node raises it to what it may as it starts. */
const LIMIT = parseFileLimit(textOf('/proc/self/limits') ?? '')

const LEAST_ADVISED = 4_096

/** `too many open files (this process may open 256): raise it with ulimit -n 4096, or use fewer subscribers or connections`. */
export function adviceForFiles(limit: number | null = LIMIT): Said {
  const advised = Math.max(LEAST_ADVISED, 4 * (limit ?? 0))
  return limit === null ? said('openFiles', { advised }) : said('openFilesOf', { limit, advised })
}

/** What an error says of a process or a machine that has no file left, in words; null where it is none. */
export function describeShortage(error: unknown): Said | null {
  switch (shortageOf(error)) {
    case 'EMFILE':
      return adviceForFiles()
    case 'ENFILE':
      return said('openFilesOfMachine')
    default:
      return null
  }
}

/** The same error, or one that names the shortage which caused it. */
export function explainShortage<E>(error: E): E | InstrumentError {
  const words = describeShortage(error)
  return words === null ? error : new InstrumentError('connection', words, { cause: error })
}

/** Of the error or of what caused it: an error of many connections has one of each. */
function shortageOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EMFILE' || code === 'ENFILE') return code
  if (error instanceof AggregateError) {
    return error.errors.map(shortageOf).find((found) => found !== null) ?? null
  }
  return shortageOf(error.cause)
}

/** From here on a connection that ends may have ended for the want of a file. */
const SCARCE_SHARE = 0.9

/**
 * Whether this process has next to no file left. A server that cannot accept a
 * connection closes it, and says nothing: to a client in the same process it
 * looks as if the other side had gone.
 */
export function areFilesScarce(limit: number | null = LIMIT): boolean {
  if (limit === null) return false
  try {
    return readdirSync('/proc/self/fd').length >= SCARCE_SHARE * limit
  } catch (error) {
    return shortageOf(error) !== null
  }
}
