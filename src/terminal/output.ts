import type { RenderOptions } from '../export/exporter.ts'
import { describeSystemError, InstrumentError } from '../model/errors.ts'
import { catalogue } from '../model/text/language.ts'

const say = catalogue({
  en: { unwritable: (why: string) => `stdout: cannot be written: ${why}` },
  'zh-TW': { unwritable: (why) => `stdout：無法寫入：${why}` },
})

const FALLBACK_COLUMNS = 80

/**
 * What a renderer may assume about stdout: 80 columns where it is no terminal;
 * no colour there, nor where NO_COLOR is set (https://no-color.org); a dumb terminal has ASCII alone.
 */
export function renderOptions(): RenderOptions {
  const { stdout, env } = process
  return {
    columns: stdout.columns || FALLBACK_COLUMNS,
    colour: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
    ...(env.TERM === 'dumb' && { glyphs: 'ascii' }),
  }
}

/**
 * Writes to stdout and waits until it is taken, however slow the reader is.
 * A reader that went away (`| head`, a terminal that was closed) is no error: the rest is not wanted.
 * @throws InstrumentError `output-failed`: a full disk
 */
export async function writeOutput(text: string): Promise<void> {
  const error = await new Promise<Error | null>((resolve) => {
    const { stdout } = process
    // The stream says it twice, to the callback and as an event; unheard, the event would end the process.
    if (stdout.listenerCount('error') === 0) stdout.on('error', resolve)
    stdout.write(text, (writeError) => resolve(writeError ?? null))
  })
  const code = (error as NodeJS.ErrnoException | null)?.code
  // A terminal that is gone answers EIO.
  if (error === null || code === 'EPIPE' || (code === 'EIO' && process.stdout.isTTY)) return
  throw new InstrumentError('output-failed', say.unwritable(describeSystemError(error)), {
    cause: error,
  })
}
