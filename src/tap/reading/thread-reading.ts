import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describeError } from '../../model/errors.ts'
import type { MeterFigures } from '../../model/report/tap/meter-figures.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import { type WorkerFile, workerFile } from '../../system/worker-file.ts'
import type { ConnectionFault, SocketPlace } from '../../wire/relay/tcp-relay.ts'
import type { MeterOptions } from '../metering/tap-meter.ts'
import type { CutFigures, TapFigures, TapFilter } from '../tap-book.ts'
import { formatPlace } from '../tapped-connection.ts'
import { ConnectionCounts } from './connection-counts.ts'
import { FairQueue } from './fair-queue.ts'
import type { Answer, ReaderMessage, ReaderStart } from './record-reader.ts'
import { encodeJson, NOTHING, RecordBatch, recordOf, type TapRecord } from './records.ts'
import type { Metered, ReadConnection, TapReading } from './tap-reading.ts'
import { unreadFigures, unreadMeter } from './unread-figures.ts'

/** So much is with the reader at once, in bytes and in batches: the rest waits here, where its turn can change. */
const BATCH_BYTES = 64 * 1024
const MOST_SENT = 2
/** Less is read within a few milliseconds. */
const BEHIND_BYTES = 256 * 1024
/** What is smaller is copied: of a chunk that waits, all that was allocated to read it would stay. */
const MOST_COPIED_BYTES = 4096
/** Whoever has only to count and has not answered by then does not any more. */
const ANSWER_DEADLINE_MS = 60_000
const READER_MEMORY_MB = 512

export interface ThreadReadingOptions {
  nowNs: () => bigint
  onRemark(remark: Said): void
  onEnded(): void
  only: TapFilter
  meter?: MeterOptions | null | undefined
  /** What the thread starts from, where that is not what this process runs. */
  from?: WorkerFile
}

/** Reads in a thread of its own: what is passed on never waits for it. */
export async function readInThread(options: ThreadReadingOptions): Promise<TapReading> {
  const { file, execArgv } =
    options.from ?? workerFile(undefined, process.execArgv, 'tap/reading/read-thread')
  const worker = new Worker(file, {
    workerData: { only: options.only, meter: options.meter } satisfies ReaderStart,
    execArgv: [...execArgv],
    resourceLimits: { maxOldGenerationSizeMb: READER_MEMORY_MB },
  })
  await once(worker, 'message')
  return new ThreadReading(worker, options)
}

class ThreadReading implements TapReading {
  readonly #worker: Worker
  readonly #options: ThreadReadingOptions
  readonly #counts = new ConnectionCounts()
  readonly #queue = new FairQueue()
  readonly #spare: ArrayBuffer[] = []
  /** Batches that are with the reader. */
  #sent = 0
  /** What has come while nothing waits: it is on its way without ever having been a record of its own. */
  #open: RecordBatch | null = null
  #isWoken = false
  /** When the clock was read last. */
  #latestNs = 0
  readonly #questions = new Map<number, (answer: Answer['answer']) => void>()
  #asked = 0
  #latest: TapFigures | null = null
  #latestCut: CutFigures['settled'] = []
  #latestMeter: MeterFigures | null = null
  /** Why nothing is read any more. */
  #failure: string | null = null

  constructor(worker: Worker, options: ThreadReadingOptions) {
    this.#worker = worker
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

  get isBehind(): boolean {
    return this.#queue.heldBytes > BEHIND_BYTES
  }

  openConnection(client: SocketPlace): ReadConnection {
    const number = this.#counts.accept()
    this.#tell('opened', number, { content: encodeJson(client) })
    let fault: ConnectionFault | null = null
    return {
      number,
      client: formatPlace(client),
      bytes: (direction, chunk) => this.#tell('bytes', number, { direction, content: chunk }),
      broken: (its) => {
        fault ??= its
        this.#tell('broken', number, { content: encodeJson(its) })
      },
      end: () => {
        this.#tell('ended', number)
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
    // What is asked for is the state of now: who ends while the reader catches up is none of it.
    const connections = this.#counts.figures()
    const figures = (await this.#ask('figures', patienceMs)) as TapFigures | null
    return this.#known(figures, totals, connections)
  }

  async cut(totals: ByteTotals, patienceMs: number): Promise<CutFigures> {
    const connections = this.#counts.figures()
    const figures = (await this.#ask('cut', patienceMs)) as CutFigures | null
    this.#latestCut = figures?.settled ?? this.#latestCut
    return { ...this.#known(figures, totals, connections), settled: this.#latestCut }
  }

  async meter(totals: ByteTotals, patienceMs: number): Promise<Metered> {
    const connections = this.#counts.figures()
    const meter = (await this.#ask('meter', patienceMs)) as MeterFigures | null
    this.#latestMeter = meter ?? this.#latestMeter
    return { connections, meter: meter ?? unreadMeter(this.#latestMeter, totals) }
  }

  #known(
    figures: TapFigures | null,
    totals: ByteTotals,
    connections: TapFigures['connections'],
  ): TapFigures {
    if (figures === null) {
      const reason = `reading it failed: ${this.#failure}`
      return unreadFigures(this.#latest, totals, { connections, reason })
    }
    const { protocols, notable } = figures
    this.#latest = { connections, protocols, notable }
    return this.#latest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= 'it was closed'
    await this.#worker.terminate()
  }

  /** @returns null where the reader has failed, or takes too long */
  async #ask(kind: Answer['kind'], patienceMs: number): Promise<Answer['answer']> {
    if (this.#failure !== null) return null
    this.#asked += 1
    const question = this.#asked
    const record = recordOf(kind, { value: question, atNs: this.#nowNs() })
    this.#queue.ask(record)
    this.#wake()
    return await new Promise((resolve) => {
      const timers = [
        // Half of it is for what came since the question before, if that waits still.
        setTimeout(() => this.#queue.hurry(question - 1, 'the loud'), patienceMs / 2),
        setTimeout(() => this.#queue.hurry(question, 'the loud'), patienceMs),
        setTimeout(() => this.#queue.hurry(question, 'everybody'), 2 * patienceMs),
        setTimeout(
          () => this.#fail(`no answer within ${ANSWER_DEADLINE_MS / 1000} s`),
          patienceMs + ANSWER_DEADLINE_MS,
        ),
      ]
      this.#questions.set(question, (answer) => {
        for (const timer of timers) clearTimeout(timer)
        this.#questions.delete(question)
        resolve(answer)
      })
    })
  }

  #hear(message: ReaderMessage): void {
    switch (message.kind) {
      case 'read':
        this.#sent -= 1
        this.#spare.push(message.memory)
        this.#send()
        break
      case 'remark':
        this.#options.onRemark(message.remark)
        break
      case 'figures':
      case 'cut':
      case 'meter':
        this.#questions.get(message.question)?.(message.answer)
        break
      case 'ready':
        break
    }
  }

  #tell(kind: TapRecord['kind'], connection: number, more: Partial<TapRecord> = {}): void {
    if (this.#failure !== null) return
    this.#wake()
    const { direction = 'up', content = NOTHING } = more
    // Bytes are as old as their batch: to read the clock for each chunk costs as much as to keep it.
    const atNs = kind === 'bytes' ? this.#latestNs : this.#nowNs()
    this.#put({ kind, connection, direction, atNs, value: 0, content })
  }

  #nowNs(): number {
    this.#latestNs = Number(this.#options.nowNs())
    return this.#latestNs
  }

  /** Straight to where it is sent from, as long as nothing waits before it; the memory of a small chunk is not kept. */
  #put(record: TapRecord): void {
    if (this.#queue.isEmpty && this.#sent < MOST_SENT) {
      this.#open ??= this.#newBatch()
      if (this.#open.take(record)) return
    }
    const { content } = record
    if (content.length > 0 && content.length <= MOST_COPIED_BYTES)
      record.content = Buffer.from(content)
    this.#queue.add(record)
  }

  /** After what else comes in the present turn: one batch has all of it. */
  #wake(): void {
    if (this.#isWoken || this.#sent === MOST_SENT) return
    this.#isWoken = true
    this.#nowNs()
    setImmediate(() => {
      this.#isWoken = false
      this.#send()
    })
  }

  #send(): void {
    this.#nowNs()
    while (this.#sent < MOST_SENT && (this.#open !== null || !this.#queue.isEmpty)) {
      const batch = this.#open ?? this.#newBatch()
      this.#open = null
      this.#queue.fill(batch)
      const { memory, length } = batch
      this.#sent += 1
      this.#worker.postMessage({ memory, length }, [memory])
    }
  }

  #newBatch(): RecordBatch {
    return new RecordBatch(this.#spare.pop() ?? new ArrayBuffer(BATCH_BYTES))
  }

  /** From here on bytes are counted alone. */
  #fail(reason: string): void {
    if (this.#failure !== null) return
    this.#failure = reason
    this.#options.onRemark(said('tapUnread', { reason }))
    this.#queue.clear()
    this.#open = null
    for (const answer of [...this.#questions.values()]) answer(null)
    void this.#worker.terminate()
  }
}
