import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { InstrumentError, systemSaid } from '../model/errors.ts'
import type { CellIdentity } from '../model/report/report.ts'
import { said } from '../model/said/said.ts'
import type { WireRecording } from '../model/wire/recording.ts'
import { readPackageVersion } from '../package-root.ts'
import { epochOffsetNs } from '../system/clock.ts'
import { loadTransport } from '../transports/registry.ts'
import { type TransportOptions, traitsFor } from '../transports/run-options.ts'
import { type RecordedCell, renderRecordings } from '../wire/capture/render-recordings.ts'

/** It holds what was said: nobody but its owner reads it. */
const MODE = 0o600

/**
 * A capture file in the making. It is opened before the run, so that a place
 * that cannot be written to is found out first, and gets its name at the end.
 */
export class CaptureFile implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  readonly #recorded: { identity: CellIdentity; recording: WireRecording }[] = []
  #state: 'open' | 'written' = 'open'

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** @throws InstrumentError `out-unwritable` */
  static async create(path: string): Promise<CaptureFile> {
    try {
      // Of a file that is there already the mode would stay as it is.
      await rm(temporaryName(path), { force: true })
      return new CaptureFile(path, await open(temporaryName(path), 'w', MODE))
    } catch (error) {
      throw unwritable(path, error)
    }
  }

  add(identity: CellIdentity, recording: WireRecording): void {
    this.#recorded.push({ identity, recording })
  }

  /**
   * Writes what was added.
   * @param secrets of its TLS connections: to be included where the endpoints were our own
   * @throws InstrumentError `out-unwritable`
   */
  async write(
    options: TransportOptions,
    secrets: 'included' | 'withheld' = 'included',
  ): Promise<void> {
    const cells = await Promise.all(
      this.#recorded.map(async ({ identity, recording }): Promise<RecordedCell> => {
        const { secure } = traitsFor(await loadTransport(identity.transport), options)
        return { ...identity, secure, recording }
      }),
    )
    const pieces = renderRecordings(cells, {
      version: readPackageVersion(),
      epochNs: epochOffsetNs(),
      secrets,
    })
    try {
      await this.#file.writeFile(Buffer.concat([...pieces]))
      await rename(temporaryName(this.#path), this.#path)
      this.#state = 'written'
    } catch (error) {
      throw unwritable(this.#path, error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    if (this.#state === 'open') await rm(temporaryName(this.#path), { force: true })
  }
}

const temporaryName = (path: string): string => `${path}.tmp`

function unwritable(path: string, error: unknown): InstrumentError {
  const why = said('pcapUnwritable', { path, why: systemSaid(error) })
  return new InstrumentError('out-unwritable', why, { cause: error })
}
