import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type ErrorCode, InstrumentError, systemSaid } from '../model/errors.ts'
import { quoted, type Said, said } from '../model/said/said.ts'
import { SLICES, SlicedTimer } from './deadline.ts'
import { blameMachine } from './machine-load.ts'
import { describeShortage } from './open-files.ts'
import { type Commands, PING, type WorkerReply } from './worker-channel.ts'
import { type WorkerFile, workerFile } from './worker-file.ts'

/** What a process of ours is for; `src/worker.ts` has the code of each. */
export type WorkerRole = 'load' | 'endpoint' | 'link' | 'shaper'

interface Pending {
  resolve: (output: never) => void
  reject: (error: Error) => void
  timer: SlicedTimer
}

export interface WorkerOptions {
  /** What it is, for errors: `the endpoint process of http1`. */
  title: Said
  role: WorkerRole
  /** The package that the module is taken from: this one, or another installed version. */
  root?: string
  /** Seen in the process list; means nothing to the worker. */
  label: string
  /** Pin to this CPU with taskset; null leaves placement to the kernel. */
  cpu: number | null
  /** What is put before it: the way into a network namespace. Nothing if left out. */
  enter?: readonly string[]
  /** The code of errors about its death. */
  diedCode: ErrorCode
  /** What it starts from, in place of the package's own; for tests, as is the next. */
  from?: WorkerFile
  startMs?: number
}

const STDERR_KEPT_CHARACTERS = 2_000
const GRACE_MS = 2_000
/** Node and a role's modules are loaded in a second, and on a busy machine in many. */
const START_MS = 60_000
const START_SLICES = 12
/** A worker that lives is given its time so often again: beyond that it waits for what never comes. */
const MOST_RENEWALS = 10

/**
 * A process of our own, asked by name over its channel. Every wait has an end:
 * that it comes up is awaited apart from what it is asked, and where an answer
 * is late, it is asked whether it still lives. One that does has deadlines of
 * its own for its work.
 */
export class WorkerProcess<C extends Commands> implements AsyncDisposable {
  readonly #options: WorkerOptions
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  /** Settled when it is up; null while nobody asks, and after it did not come up in time. */
  #start: Promise<void> | null = null
  #death: InstrumentError | null = null
  #stderr = ''
  #ending = false

  constructor(options: WorkerOptions) {
    this.#options = options
    const { title } = options
    const node = options.from ?? workerFile(options.root)
    const pin = options.cpu === null ? [] : ['taskset', '-c', String(options.cpu)]
    // What comes before node replaces itself by what follows, so the process stays the same.
    const [execPath, ...before] = [...(options.enter ?? []), ...pin, process.execPath]
    this.#child = fork(node.file, [options.role, options.label], {
      ...{ execPath, execArgv: [...before, ...node.execArgv] },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT_CHARACTERS)
    })
    this.#child.on('message', (reply: WorkerReply) => this.#settle(reply))
    this.#child.on('error', (error) =>
      this.#die(
        said('processNotStarted', { title, why: describeShortage(error) ?? systemSaid(error) }),
      ),
    )
    this.#child.on('exit', (code, signal) => this.#die(this.#ended(signal ?? `exit ${code}`)))
  }

  /** Why it is gone; null while it lives. */
  get death(): InstrumentError | null {
    return this.#death
  }

  /**
   * @param deadlineMs how long to wait for the answer, from when the process is up
   * @throws InstrumentError what the worker threw, `deadline`, or the worker's death
   */
  async request<K extends keyof C & string>(
    command: K,
    input: Parameters<C[K]>[0],
    deadlineMs: number,
  ): Promise<Awaited<ReturnType<C[K]>>> {
    this.#start ??= this.#comeUp()
    await this.#start
    return this.#exchange<Awaited<ReturnType<C[K]>>>(command, input, (id) =>
      this.#deadline(id, command, deadlineMs),
    )
  }

  async #comeUp(): Promise<void> {
    const startMs = this.#options.startMs ?? START_MS
    if (await this.#answers(startMs, START_SLICES)) return
    // It may still come up: the next who asks waits anew.
    this.#start = null
    throw new InstrumentError(
      'deadline',
      said('processNotUp', {
        title: this.#options.title,
        seconds: startMs / 1000,
        machine: blameMachine(),
      }),
    )
  }

  /**
   * Whether it answers at all.
   * @throws InstrumentError the worker's death
   */
  async #answers(withinMs: number, slices: number = SLICES): Promise<boolean> {
    const silence = new InstrumentError('deadline', said('unanswered'))
    try {
      await this.#exchange(
        PING,
        undefined,
        (id) => new SlicedTimer(withinMs, () => this.#fail(id, silence), slices),
      )
      return true
    } catch (error) {
      if (this.#death !== null) throw this.#death
      // Whatever else it is, it is an answer.
      return error !== silence
    }
  }

  /** @param arm begins to wait for the answer */
  #exchange<T>(command: string, input: unknown, arm: (id: number) => SlicedTimer): Promise<T> {
    if (this.#death !== null) return Promise.reject(this.#death)
    const id = this.#nextId
    this.#nextId += 1
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, timer: arm(id) })
      // A channel that is closed, or never was: the event that tells why follows, and is the better reason.
      if (this.#child.connected) this.#child.send({ id, command, input }, () => {})
    })
  }

  #deadline(id: number, command: string, deadlineMs: number, renewals = 0): SlicedTimer {
    return new SlicedTimer(deadlineMs, () => {
      void this.#isLate(id, command, deadlineMs, renewals).catch(() => {
        // It died, and so whoever waits has been told.
      })
    })
  }

  async #isLate(id: number, command: string, deadlineMs: number, renewals: number): Promise<void> {
    const isThere = await this.#answers(deadlineMs)
    const pending = this.#pending.get(id)
    // Answered meanwhile.
    if (pending === undefined) return
    if (isThere && renewals < MOST_RENEWALS) {
      pending.timer = this.#deadline(id, command, deadlineMs, renewals + 1)
      return
    }
    const late = {
      title: this.#options.title,
      command,
      seconds: (deadlineMs * (renewals + 1)) / 1000,
    }
    const why = isThere
      ? said('processWaits', late)
      : said('processHangs', { ...late, machine: blameMachine() })
    this.#fail(id, new InstrumentError('deadline', why))
  }

  /** Ends it: by closing its channel, then by force. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    if (this.#child.pid === undefined) return
    const exited = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    const force = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS)
    await exited
    clearTimeout(force)
  }

  /** Ends it now: for a worker that no longer answers. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#take(reply.id)
    if (reply.ok) pending?.resolve(reply.output as never)
    else pending?.reject(new InstrumentError(reply.code, reply.message))
  }

  #fail(id: number, error: InstrumentError): void {
    this.#take(id)?.reject(error)
  }

  /** Whoever waits for that answer, which is waited for no more. */
  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.timer.stop()
    return pending
  }

  #die(how: Said): void {
    if (this.#death !== null) return
    const { title, diedCode } = this.#options
    this.#death = this.#ending
      ? new InstrumentError('stopped', said('processStopped', { title }))
      : new InstrumentError(diedCode, how)
    for (const id of [...this.#pending.keys()]) this.#fail(id, this.#death)
  }

  /** With what it said last, where that tells of an error. */
  #ended(how: string): Said {
    const what = said('processEnded', { title: this.#options.title, how })
    const line = this.#stderr
      .split('\n')
      .map((text) => text.trim())
      .filter((text) => /error/i.test(text))
      .at(-1)
    return line === undefined ? what : said('because', { what, why: quoted(line) })
  }
}
