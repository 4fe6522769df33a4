import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { describeError, InstrumentError } from '../model/errors.ts'

/** Many small pieces are written as one. */
const BATCH_BYTES = 256 * 1024

/**
 * A capture file that grows while a tap runs. It is written to at once and not
 * by the way: what waited for a slow disk would fill the memory, while a write
 * that takes its time holds back the senders, and loses nothing.
 */
export class TapCaptureFile implements Disposable {
  readonly path: string
  readonly #file: number
  #pieces: Uint8Array[] = []
  #pendingBytes = 0
  #failure: string | null = null
  #state: 'open' | 'closed' = 'open'

  /** @throws InstrumentError `out-unwritable` */
  constructor(path: string) {
    this.path = path
    try {
      this.#file = openSync(temporaryName(path), 'w')
    } catch (error) {
      throw new InstrumentError(
        'out-unwritable',
        `--pcap: ${path} cannot be written (${describeError(error)}); name a file that can`,
        { cause: error },
      )
    }
  }

  /** Why nothing is written any more: a full disk. The tap goes on without it. */
  get failure(): string | null {
    return this.#failure
  }

  readonly write = (piece: Uint8Array): void => {
    if (this.#failure !== null) return
    this.#pieces.push(piece)
    this.#pendingBytes += piece.length
    if (this.#pendingBytes >= BATCH_BYTES) this.flush()
  }

  flush(): void {
    const pieces = this.#pieces
    this.#pieces = []
    this.#pendingBytes = 0
    if (pieces.length === 0) return
    try {
      writeWhole(this.#file, Buffer.concat(pieces))
    } catch (error) {
      this.#failure = describeError(error)
    }
  }

  /** Gives the file its name, where anything was written. */
  [Symbol.dispose](): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.flush()
    closeSync(this.#file)
    try {
      renameSync(temporaryName(this.path), this.path)
    } catch (error) {
      this.#failure ??= describeError(error)
      rmSync(temporaryName(this.path), { force: true })
    }
  }
}

const temporaryName = (path: string): string => `${path}.tmp`

/** A write may take less than it was given. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
