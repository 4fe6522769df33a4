import { clipLine, createProgress, isLive, type Progress, type ProgressStream } from './progress.ts'

/** Lines that replace each other, as long as something runs; and lines that stay. */
export interface LiveBlock extends Pick<Progress, 'note' | 'warn' | 'done'> {
  readonly kind: 'live' | 'plain'
  /** Where nothing can be replaced, the first line alone, and only when it is another. */
  draw(lines: readonly string[]): void
}

/** ECMA-48 CPL and ED 0: up so many lines, and nothing from there on. */
const clearLines = (count: number): string => `\u001b[${count}F\u001b[J`
const FALLBACK_COLUMNS = 80
const FALLBACK_ROWS = 24

/**
 * A block of lines on stderr, drawn when it is called and at no other time.
 * TERM=dumb and everything that is no terminal get plain lines.
 */
export function createLiveBlock(
  stream: ProgressStream & { readonly rows?: number },
  env: Readonly<Record<string, string | undefined>> = process.env,
): LiveBlock {
  // What calls it has a pace of its own.
  const progress = createProgress(stream, {
    ...env,
    MQTT_VS_HTTP_PROGRESS: isLive(stream, env) ? '' : 'lines',
  })
  const { note, warn, done } = progress
  if (!isLive(stream, env)) {
    return { kind: 'plain', draw: ([first = '']) => progress.update(first), note, warn, done }
  }
  let drawn: readonly string[] = []
  const clear = (): void => {
    if (drawn.length > 0) stream.write(clearLines(drawn.length))
    drawn = []
  }
  const draw = (lines: readonly string[]): void => {
    const columns = (stream.columns || FALLBACK_COLUMNS) - 1
    // What has scrolled out of sight could not be cleared again.
    const rows = Math.max(1, (stream.rows || FALLBACK_ROWS) - 1)
    const clipped = lines.slice(0, rows).map((line) => clipLine(line, columns))
    clear()
    stream.write(clipped.map((line) => `${line}\n`).join(''))
    drawn = clipped
  }
  /** What stays is written above what does not. */
  const above = (write: (line: string) => void) => (line: string) => {
    const lines = drawn
    clear()
    write(line)
    if (lines.length > 0) draw(lines)
  }
  return { kind: 'live', draw, note: above(note), warn: above(warn), done: clear }
}
