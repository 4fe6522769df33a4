import { mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { TapReport } from '../../../model/report/tap/tap-report.ts'
import { RunFolder } from '../../../runner/run-folder.ts'
import { wallClock } from '../../../system/clock.ts'
import {
  type Keep,
  PERIOD_FOLDERS,
  removeOld,
  stampedFiles,
  stampOf,
} from '../../../tap/periods/old-files.ts'

/**
 * Stores the report of each period in a folder of its own, one after the other, and
 * lets go of the oldest.
 */
export class PeriodFiles {
  readonly #folder: string
  readonly #keep: Keep | null
  readonly #pcap: string | undefined
  readonly #write: (folder: RunFolder, report: TapReport) => Promise<void>
  readonly #onProblem: (line: string) => void
  #writing: Promise<void> = Promise.resolve()

  constructor(
    out: string,
    { keep, pcap }: { keep: Keep | null; pcap: string | undefined },
    write: (folder: RunFolder, report: TapReport) => Promise<void>,
    onProblem: (line: string) => void,
  ) {
    this.#folder = join(out, 'periods')
    this.#keep = keep
    this.#pcap = pcap
    this.#write = write
    this.#onProblem = onProblem
  }

  store(report: TapReport): void {
    this.#writing = this.#writing
      .then(() => this.#storeNow(report))
      // The tap goes on, and the whole has it all the same.
      .catch((error: Error) => this.#onProblem(error.message))
  }

  settled(): Promise<void> {
    return this.#writing
  }

  async #storeNow(report: TapReport): Promise<void> {
    mkdirSync(this.#folder, { recursive: true })
    // By when it began: of the periods of one tap no two began at once.
    const path = join(this.#folder, stampOf(new Date(report.startedAt)))
    await this.#write(await RunFolder.create(path, wallClock()), report)
    if (this.#keep === null) return
    removeOld(this.#folder, PERIOD_FOLDERS, this.#keep)
    if (this.#pcap !== undefined) {
      removeOld(dirname(this.#pcap), stampedFiles(basename(this.#pcap)), this.#keep)
    }
  }
}
