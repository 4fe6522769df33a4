/** Where progress is drawn: stderr, or a stand-in for it. */
export interface ProgressStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/**
 * Says how far a run is. It draws when it is called and at no other time: a
 * timer that ticked while something is measured would be measured too.
 */
export interface Progress {
  /** Replaces the live line, or writes a line of its own where there is none. */
  update(line: string): void
  /** A line that stays. */
  note(line: string): void
  /** A line that stays, and should be read. */
  warn(line: string): void
  /** Removes the live line. */
  done(): void
}

/** `\r` and ECMA-48 EL 2: back to the first column, and nothing on this line any more. */
const CLEAR_LINE = '\r\u001b[2K'
const FALLBACK_COLUMNS = 80

/** Cuts a line so that it cannot wrap: a wrapped line could not be cleared again. */
export function clipLine(line: string, columns: number): string {
  let width = 0
  let clipped = ''
  for (const { segment } of new Intl.Segmenter('en').segment(line)) {
    // Two cells from Hangul Jamo on: too many here and there, and never too few.
    const segmentWidth = (segment.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1
    if (width + segmentWidth > columns) return clipped
    clipped += segment
    width += segmentWidth
  }
  return clipped
}

/** Names and reasons come from the network too: nothing of them may steer the terminal. */
const onOneLine = (line: string): string =>
  line
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')

function createLiveProgress(stream: ProgressStream, colour: boolean): Progress {
  let isDrawn = false
  const clear = () => {
    if (isDrawn) stream.write(CLEAR_LINE)
    isDrawn = false
  }
  return {
    update(line) {
      // The last column stays free: some terminals wrap as soon as it is filled.
      const columns = (stream.columns || FALLBACK_COLUMNS) - 1
      stream.write(CLEAR_LINE + clipLine(onOneLine(line), columns))
      isDrawn = true
    },
    note(line) {
      clear()
      stream.write(`${onOneLine(line)}\n`)
    },
    warn(line) {
      clear()
      const text = onOneLine(line)
      stream.write(colour ? `\u001b[33m${text}\u001b[39m\n` : `${text}\n`)
    },
    done: clear,
  }
}

function createPlainProgress(stream: ProgressStream): Progress {
  let last = ''
  return {
    update(line) {
      if (line !== last) stream.write(`${onOneLine(line)}\n`)
      last = line
    },
    note: (line) => void stream.write(`${onOneLine(line)}\n`),
    warn: (line) => void stream.write(`${onOneLine(line)}\n`),
    done: () => undefined,
  }
}

/** Whether lines can be replaced there: on a terminal that is not dumb. */
export const isLive = (
  stream: ProgressStream,
  env: Readonly<Record<string, string | undefined>>,
): boolean => stream.isTTY === true && env.TERM !== 'dumb'

/**
 * Live on a terminal, plain lines otherwise. NO_COLOR takes the colour out of
 * warnings; TERM=dumb cannot clear a line, and gets plain ones.
 */
export function createProgress(
  stream: ProgressStream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Progress {
  if (!isLive(stream, env)) return createPlainProgress(stream)
  return createLiveProgress(stream, !env.NO_COLOR)
}
