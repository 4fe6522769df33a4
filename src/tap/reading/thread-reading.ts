import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describeError } from '../../model/errors.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { workerFile } from '../../system/worker-file.ts'
import type { ConnectionFault, SocketPlace } from '../../wire/relay/tcp-relay.ts'
import type { TapFigures, TapFilter } from '../tap-book.ts'
import { formatPlace } from '../tapped-connection.ts'
import { ConnectionCounts } from './connection-counts.ts'
import type { ReaderMessage, ReaderStart } from './record-reader.ts'
import { contentRoom, encodeJson, RecordBatch, type TapRecord } from './records.ts'
import type { ReadConnection, TapReading } from './tap-reading.ts'
import { unreadFigures } from './unread-figures.ts'

const BATCH_BYTES = 256 * 1024
/** Of memory for batches, which is used again. */
const SPARE_BATCHES = 16
/** So much waits to be read at most; what comes beyond is counted, and not read. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** So much of any connection may wait all the same: one that floods the reader costs others nothing. */
const LEAST_SHARE_BYTES = 256 * 1024
/** Whoever has only to count and has not answered by then does not any more. */
const ANSWER_DEADLINE_MS = 60_000
const READER_MEMORY_MB = 512
const NOTHING = new Uint8Array(0)

export interface ThreadReadingOptions {
  nowNs: () => bigint
  onRemark(line: string): void
  onEnded(): void
  only: TapFilter
}

/** Reads in a thread of its own: what is passed on never waits for it. */
export async function readInThread(options: ThreadReadingOptions): Promise<TapReading> {
  const { file, execArgv } = workerFile(undefined, process.execArgv, 'tap/reading/read-thread')
  const hurry = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(file, {
    workerData: { only: options.only, hurry } satisfies ReaderStart,
    execArgv: [...execArgv],
    resourceLimits: { maxOldGenerationSizeMb: READER_MEMORY_MB },
  })
  await once(worker, 'message')
  return new ThreadReading(worker, hurry, options)
}

/** What of a connection waits to be read, and what was too much. */
interface Waiting {
  bytes: number
  skipped: ByteTotals
}

class ThreadReading implements TapReading {
  readonly #worker: Worker
  readonly #hurry: Int32Array
  readonly #options: ThreadReadingOptions
  readonly #counts = new ConnectionCounts()
  readonly #waiting = new Map<number, Waiting>()
  #waitingBytes = 0
  #spare: ArrayBuffer[] = []
  #batch: RecordBatch | null = null
  /** Of the present batch, by connection. */
  #batchBytes = new Map<number, number>()
  /** Of the batches that are with the reader, in their order. */
  readonly #sent: Map<number, number>[] = []
  readonly #questions = new Map<number, (figures: TapFigures | null) => void>()
  #asked = 0
  #latest: TapFigures | null = null
  /** Why nothing is read any more. */
  #failure: string | null = null

  constructor(worker: Worker, hurry: Int32Array, options: ThreadReadingOptions) {
    this.#worker = worker
    this.#hurry = hurry
    this.#options = options
    worker.on('message', (message: ReaderMessage) => this.#hear(message))
    worker.on('error', (error) => this.#fail(describeError(error)))
    worker.on('exit', () => this.#fail('its thread has ended'))
  }

  get accepted(): number {
    return this.#counts.accepted
  }

  get openCount(): number {
    return this.#counts.open
  }

  openConnection(client: SocketPlace): ReadConnection {
    const number = this.#counts.accept()
    this.#waiting.set(number, { bytes: 0, skipped: { up: 0, down: 0 } })
    this.#tell('opened', number, { content: encodeJson(client) })
    let fault: ConnectionFault | null = null
    return {
      number,
      client: formatPlace(client),
      bytes: (direction, chunk) => this.#read(number, direction, chunk),
      broken: (its) => {
        fault ??= its
        this.#tell('broken', number, { content: encodeJson(its) })
      },
      end: () => {
        this.#tellSkipped(number)
        this.#tell('ended', number)
        this.#waiting.delete(number)
        this.#counts.end(fault)
        this.#options.onEnded()
      },
    }
  }

  lose(reason: string): void {
    this.#counts.lose()
    this.#tell('lost', 0, { content: encodeJson(reason) })
  }

  async figures(totals: ByteTotals, patienceMs: number): Promise<TapFigures> {
    if (this.#failure === null) {
      for (const number of this.#waiting.keys()) this.#tellSkipped(number)
      this.#asked += 1
      const answer = this.#answerTo(this.#asked, patienceMs)
      this.#tell('figures', 0, { value: this.#asked })
      this.#flush()
      const figures = await answer
      if (figures !== null) {
        this.#latest = figures
        return figures
      }
    }
    return unreadFigures(this.#latest, totals, {
      connections: this.#counts.figures(),
      reason: `reading it failed: ${this.#failure}`,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= 'it was closed'
    await this.#worker.terminate()
  }

  /** Null where the reader has failed, or takes too long. */
  #answerTo(question: number, patienceMs: number): Promise<TapFigures | null> {
    return new Promise((resolve) => {
      const impatience = setTimeout(() => Atomics.store(this.#hurry, 0, 1), patienceMs)
      const deadline = setTimeout(
        () => this.#fail(`no answer within ${ANSWER_DEADLINE_MS / 1000} s`),
        patienceMs + ANSWER_DEADLINE_MS,
      )
      this.#questions.set(question, (figures) => {
        clearTimeout(impatience)
        clearTimeout(deadline)
        Atomics.store(this.#hurry, 0, 0)
        this.#questions.delete(question)
        resolve(figures)
      })
    })
  }

  #hear(message: ReaderMessage): void {
    switch (message.kind) {
      case 'read':
        this.#settle(message.memory)
        break
      case 'remark':
        this.#options.onRemark(message.line)
        break
      case 'figures':
        this.#questions.get(message.question)?.(message.figures)
        break
      case 'ready':
        break
    }
  }

  #settle(memory: ArrayBuffer): void {
    if (this.#spare.length < SPARE_BATCHES) this.#spare.push(memory)
    for (const [number, bytes] of this.#sent.shift() ?? []) {
      this.#waitingBytes -= bytes
      const waiting = this.#waiting.get(number)
      if (waiting !== undefined) waiting.bytes -= bytes
    }
  }

  #read(number: number, direction: Direction, chunk: Uint8Array): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined || this.#failure !== null) return
    if (!this.#hasRoom(waiting.bytes + chunk.length)) {
      waiting.skipped[direction] += chunk.length
      return
    }
    this.#tellSkipped(number)
    waiting.bytes += chunk.length
    this.#waitingBytes += chunk.length
    const most = contentRoom(BATCH_BYTES)
    for (let from = 0; from < chunk.length; from += most) {
      const content = from === 0 && chunk.length <= most ? chunk : chunk.subarray(from, from + most)
      this.#tell('bytes', number, { direction, content })
      this.#batchBytes.set(number, (this.#batchBytes.get(number) ?? 0) + content.length)
    }
  }

  /** @param bytes of one connection that would wait then */
  #hasRoom(bytes: number): boolean {
    if (bytes <= LEAST_SHARE_BYTES) return this.#waitingBytes < 2 * MAX_WAITING_BYTES
    const share = MAX_WAITING_BYTES / this.#counts.open
    return bytes <= share && this.#waitingBytes < MAX_WAITING_BYTES
  }

  #tellSkipped(number: number): void {
    const skipped = this.#waiting.get(number)?.skipped
    if (skipped === undefined) return
    for (const direction of DIRECTIONS) {
      const value = skipped[direction]
      if (value > 0) this.#tell('skipped', number, { direction, value })
      skipped[direction] = 0
    }
  }

  #tell(
    kind: TapRecord['kind'],
    connection: number,
    { direction = 'up', value = 0, content = NOTHING }: Partial<TapRecord> = {},
  ): void {
    if (this.#failure !== null) return
    const atNs = Number(this.#options.nowNs())
    const record: TapRecord = { kind, connection, direction, atNs, value, content }
    if (this.#batch?.add(record)) return
    this.#flush()
    this.#batch = new RecordBatch(this.#spare.pop() ?? new ArrayBuffer(BATCH_BYTES))
    this.#batch.add(record)
    setImmediate(() => this.#flush())
  }

  #flush(): void {
    if (this.#batch === null) return
    const { memory, length } = this.#batch
    this.#batch = null
    this.#sent.push(this.#batchBytes)
    this.#batchBytes = new Map()
    this.#worker.postMessage({ memory, length }, [memory])
  }

  /** From here on bytes are counted alone. */
  #fail(reason: string): void {
    if (this.#failure !== null) return
    this.#failure = reason
    this.#options.onRemark(
      `what crosses is not read any more, and passed on all the same: ${reason}`,
    )
    for (const answer of [...this.#questions.values()]) answer(null)
    void this.#worker.terminate()
  }
}
