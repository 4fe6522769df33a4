import type { ExitCode } from './exit-codes.ts'
import { EXIT } from './exit-codes.ts'
import { quoted, type Said, type Saying, said, saidText } from './said/said.ts'
import { catalogue } from './text/language.ts'

/** Stable identifiers: tests and scripts match these, never the sentence. */
export type ErrorCode =
  | 'usage'
  | 'scenario-not-found'
  | 'scenario-invalid'
  | 'transport-not-found'
  | 'report-unreadable'
  | 'baseline-unreadable'
  | 'capture-unreadable'
  | 'out-unwritable'
  | 'output-failed'
  | 'endpoint-died'
  | 'load-died'
  | 'deadline'
  | 'connection'
  | 'namespace-unavailable'
  /** The other side is there, and said no. */
  | 'refused'
  | 'unexplained-bytes'
  | 'ledger-mismatch'
  | 'stopped'
  | 'internal'

const EXIT_OF: Record<ErrorCode, ExitCode> = {
  usage: EXIT.usage,
  'scenario-not-found': EXIT.usage,
  'scenario-invalid': EXIT.usage,
  'transport-not-found': EXIT.usage,
  'report-unreadable': EXIT.usage,
  'baseline-unreadable': EXIT.usage,
  'capture-unreadable': EXIT.usage,
  'out-unwritable': EXIT.failed,
  'output-failed': EXIT.failed,
  'endpoint-died': EXIT.failed,
  'load-died': EXIT.failed,
  deadline: EXIT.failed,
  connection: EXIT.failed,
  'namespace-unavailable': EXIT.usage,
  refused: EXIT.failed,
  'unexplained-bytes': EXIT.failed,
  'ledger-mismatch': EXIT.failed,
  stopped: EXIT.interrupted,
  internal: EXIT.failed,
}

/**
 * The one error class. `message` is a full sentence on one line that names the
 * file, key or flag, says what is wrong and, where it can, what would be right.
 */
export class InstrumentError extends Error {
  override readonly name = 'InstrumentError'
  readonly code: ErrorCode
  /** The same, as reports keep it. */
  readonly said: Said

  constructor(code: ErrorCode, message: Said, options?: ErrorOptions) {
    super(typeof message === 'string' ? message : saidText(message), options)
    this.code = code
    this.said = message
  }

  get exitCode(): ExitCode {
    return EXIT_OF[this.code]
  }
}

/** Why an `InstrumentError` came about, where nobody matches it: it is told as a part of that. */
export class SaidError extends Error {
  override readonly name = 'SaidError'
  readonly said: Saying

  constructor(message: Saying) {
    super(saidText(message))
    this.said = message
  }
}

/** What a report keeps of anything thrown. */
export function saidOf(error: unknown): Said {
  const isSaid = error instanceof InstrumentError || error instanceof SaidError
  return isSaid && typeof error.said !== 'string' ? error.said : describeError(error)
}

/** What the system says of a file or a socket, as part of another sentence. */
export function systemSaid(error: unknown): Saying {
  const { code } = (error ?? {}) as { code?: unknown }
  const text = describeError(error)
  return typeof code === 'string' ? said('systemError', { code, text }) : quoted(saidOf(error))
}

/** The message of anything thrown, on one line. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}

const say = catalogue({
  en: {
    system: {
      ENOENT: 'there is no such file',
      ENOTDIR: 'a part of its path is not a directory',
      EISDIR: 'it is a directory, not a file',
      EACCES: 'permission denied',
      ELOOP: 'it is a loop of symbolic links',
      ENAMETOOLONG: 'the name is too long',
    },
  },
  'zh-TW': {
    system: {
      ENOENT: '沒有這個檔案',
      ENOTDIR: '路徑中有一段不是資料夾',
      EISDIR: '它是資料夾，不是檔案',
      EACCES: '沒有權限',
      ELOOP: '它是循環的符號連結',
      ENAMETOOLONG: '名稱太長',
    },
  },
})

/** A system error in words: `there is no such file`. */
export function describeSystemError(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  const own = (say.system as Readonly<Record<string, string>>)[String(code)]
  return own ?? saidText(systemSaid(error))
}
