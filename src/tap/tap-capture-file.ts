import { closeSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { describeError, InstrumentError, systemSaid } from '../model/errors.ts'
import { said } from '../model/said/said.ts'

/** Many small pieces are written as one. */
const BATCH_BYTES = 256 * 1024
/** It holds what others said: nobody but its owner reads it. */
const MODE = 0o600

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
  #storedBytes = 0
  #failure: string | null = null
  #state: 'open' | 'closed' = 'open'

  /** @throws InstrumentError `out-unwritable` */
  constructor(path: string) {
    this.path = path
    try {
      // Of a file that is there already the mode would stay as it is.
      rmSync(temporaryName(path), { force: true })
      this.#file = openSync(temporaryName(path), 'w', MODE)
    } catch (error) {
      const why = said('pcapUnwritable', { path, why: systemSaid(error) })
      throw new InstrumentError('out-unwritable', why, { cause: error })
    }
  }

  /** Why nothing is written any more: a full disk. The tap goes on without it. */
  get failure(): string | null {
    return this.#failure
  }

  /** What of it is in the file: whole pieces alone. */
  get storedBytes(): number {
    return this.#storedBytes
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
    const writtenBytes = this.#writeWhole(Buffer.concat(pieces))
    let wholeBytes = 0
    for (const { length } of pieces) {
      if (wholeBytes + length > writtenBytes) break
      wholeBytes += length
    }
    this.#storedBytes += wholeBytes
    // Half a piece at its end would make it a damaged file.
    if (wholeBytes < writtenBytes) this.#attempt(() => ftruncateSync(this.#file, this.#storedBytes))
  }

  /** Gives the file its name. Nothing is written afterwards. */
  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.flush()
    // Where a disk is across a network, this may be where it says that it is full.
    this.#attempt(() => closeSync(this.#file))
    const isNamed = this.#attempt(() => renameSync(temporaryName(this.path), this.path))
    if (isNamed) return
    this.#storedBytes = 0
    this.#attempt(() => rmSync(temporaryName(this.path), { force: true }))
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** @returns how much was written: a write may take less than it was given, and a full disk nothing */
  #writeWhole(bytes: Uint8Array): number {
    let at = 0
    this.#attempt(() => {
      while (at < bytes.length) at += writeSync(this.#file, bytes, at)
    })
    return at
  }

  /** @returns whether it could be done; the first reason why not is kept */
  #attempt(act: () => void): boolean {
    try {
      act()
      return true
    } catch (error) {
      this.#failure ??= describeError(error)
      return false
    }
  }
}

const temporaryName = (path: string): string => `${path}.tmp`
