import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type ErrorCode, InstrumentError } from '../model/errors.ts'
import type { Commands, WorkerReply } from './worker-channel.ts'
import { workerFile } from './worker-file.ts'
import type { WorkerRole } from './worker-role.ts'

interface Pending {
  resolve: (output: never) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

export interface WorkerOptions {
  /** What it is, for errors: `the endpoint process of http1`. */
  title: string
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
}

const STDERR_KEPT_CHARACTERS = 2_000
const GRACE_MS = 2_000

/** A process of our own, asked by name over its channel. Every wait has a deadline. */
export class WorkerProcess<C extends Commands> implements AsyncDisposable {
  readonly #options: WorkerOptions
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  #death: InstrumentError | null = null
  #stderr = ''
  #ending = false

  constructor(options: WorkerOptions) {
    this.#options = options
    const node = workerFile(options.root)
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
    this.#child.on('error', (error) => this.#die(`could not be started: ${error.message}`))
    this.#child.on('exit', (code, signal) =>
      this.#die(`ended unexpectedly (${signal ?? `exit ${code}`})${this.#lastWords()}`),
    )
  }

  /** Why it is gone; null while it lives. */
  get death(): InstrumentError | null {
    return this.#death
  }

  /**
   * @param deadlineMs how long to wait for the answer
   * @throws InstrumentError what the worker threw, `deadline`, or the worker's death
   */
  request<K extends keyof C & string>(
    command: K,
    input: Parameters<C[K]>[0],
    deadlineMs: number,
  ): Promise<Awaited<ReturnType<C[K]>>> {
    if (this.#death !== null) return Promise.reject(this.#death)
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(
          new InstrumentError(
            'deadline',
            `${this.#options.title} did not answer "${command}" within ${deadlineMs / 1000} s`,
          ),
        )
      }, deadlineMs)
      this.#pending.set(id, { resolve, reject, timer })
      // A channel that is closed already: the exit event follows, and is the better reason.
      this.#child.send({ id, command, input }, () => {})
    })
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
    const pending = this.#pending.get(reply.id)
    if (pending === undefined) return
    this.#pending.delete(reply.id)
    clearTimeout(pending.timer)
    if (reply.ok) pending.resolve(reply.output as never)
    else pending.reject(new InstrumentError(reply.code, reply.message))
  }

  #fail(id: number, error: InstrumentError): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    clearTimeout(pending.timer)
    pending.reject(error)
  }

  #die(how: string): void {
    if (this.#death !== null) return
    this.#death = new InstrumentError(this.#options.diedCode, `${this.#options.title} ${how}`)
    if (this.#ending)
      this.#death = new InstrumentError('stopped', `${this.#options.title} was stopped`)
    for (const id of [...this.#pending.keys()]) this.#fail(id, this.#death)
  }

  #lastWords(): string {
    const line = this.#stderr
      .split('\n')
      .map((text) => text.trim())
      .filter((text) => /error/i.test(text))
      .at(-1)
    return line === undefined ? '' : `: ${line}`
  }
}
