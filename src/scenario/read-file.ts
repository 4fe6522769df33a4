import { open } from 'node:fs/promises'
import type { ErrorCode } from '../model/errors.ts'
import { describeSystemError, InstrumentError } from '../model/errors.ts'
import { catalogue } from '../model/text/language.ts'

const say = catalogue({
  en: {
    isDirectory: (name: string) => `${name}: is a directory; give a file`,
    tooLarge: (name: string, bytes: number) => `${name}: is larger than ${bytes} bytes`,
    unreadable: (name: string, why: string) => `${name}: cannot be read: ${why}`,
    giveReport: (what: string) => `${what}; give the folder of a run, or its report.json`,
  },
  'zh-TW': {
    isDirectory: (name) => `${name}：是資料夾；請給一個檔案`,
    tooLarge: (name, bytes) => `${name}：超過 ${bytes} 位元組`,
    unreadable: (name, why) => `${name}：無法讀取：${why}`,
    giveReport: (what) => `${what}；請給一次測量的資料夾，或其中的 report.json`,
  },
})

const CHUNK_BYTES = 64 * 1024

/**
 * Reads at most `maxBytes`, and never more than that into memory: a device or a
 * pipe has no size to look at beforehand.
 * @param name how the message calls the file
 * @throws InstrumentError `code`, on one line
 */
export async function readFileCapped(
  file: string,
  maxBytes: number,
  name: string,
  codes: { missing: ErrorCode; unusable: ErrorCode },
): Promise<Uint8Array> {
  try {
    await using handle = await open(file, 'r')
    if ((await handle.stat()).isDirectory()) {
      throw new InstrumentError(codes.unusable, say.isDirectory(name))
    }
    const chunks: Uint8Array[] = []
    let total = 0
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, null)
      if (bytesRead === 0) return Buffer.concat(chunks, total)
      total += bytesRead
      if (total > maxBytes) {
        throw new InstrumentError(codes.unusable, say.tooLarge(name, maxBytes))
      }
      chunks.push(chunk.subarray(0, bytesRead))
    }
  } catch (error) {
    if (error instanceof InstrumentError) throw error
    const code = (error as NodeJS.ErrnoException).code === 'ENOENT' ? codes.missing : codes.unusable
    const what = say.unreadable(name, describeSystemError(error))
    const message = code === 'report-unreadable' ? say.giveReport(what) : what
    throw new InstrumentError(code, message, { cause: error })
  }
}
