import { open } from 'node:fs/promises'
import type { ErrorCode } from '../model/errors.ts'
import { InstrumentError } from '../model/errors.ts'

const WORDS_OF_SYSTEM_ERROR: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a directory',
  EISDIR: 'it is a directory, not a file',
  EACCES: 'permission denied',
  ELOOP: 'it is a loop of symbolic links',
  ENAMETOOLONG: 'the name is too long',
}

/** A system error in words: `there is no such file`. */
export function describeSystemError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code !== undefined && WORDS_OF_SYSTEM_ERROR[code]) || message || String(error)
}

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
      throw new InstrumentError(codes.unusable, `${name}: is a directory; give a file`)
    }
    const chunks: Uint8Array[] = []
    let total = 0
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, null)
      if (bytesRead === 0) return Buffer.concat(chunks, total)
      total += bytesRead
      if (total > maxBytes) {
        throw new InstrumentError(codes.unusable, `${name}: is larger than ${maxBytes} bytes`)
      }
      chunks.push(chunk.subarray(0, bytesRead))
    }
  } catch (error) {
    if (error instanceof InstrumentError) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new InstrumentError(
      missing ? codes.missing : codes.unusable,
      `${name}: cannot be read: ${describeSystemError(error)}`,
      { cause: error },
    )
  }
}
