import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { saidOf } from '../../model/errors.ts'
import { quoted, said } from '../../model/said/said.ts'
import { unavailable } from './programs.ts'

/** Far above what a machine takes to start a process; beyond it something is wrong with the machine. */
const START_DEADLINE_MS = 10_000

/**
 * A network namespace, and the process that keeps it: `cat`, which ends when
 * its input does. Its input is a pipe of this process, so the namespace goes
 * when this process goes, however it does.
 */
export class Namespace implements AsyncDisposable {
  /** Of the process inside it: `/proc/<pid>/net` is the namespace's. */
  readonly pid: number
  /** What to put before a program and its arguments so that it runs inside. */
  readonly enter: readonly string[]
  readonly #holder: ChildProcess

  private constructor(holder: ChildProcess, pid: number, enter: readonly string[]) {
    this.#holder = holder
    this.pid = pid
    this.enter = enter
  }

  /**
   * @param command makes the namespace and becomes what is appended to it
   * @param enterWith turns a process inside into a prefix for commands
   * @throws InstrumentError `namespace-unavailable` with what the command said
   */
  static async open(
    command: readonly string[],
    enterWith: (pid: number) => readonly string[],
  ): Promise<Namespace> {
    const [program = '', ...args] = command
    const holder = spawn(program, [...args, 'cat'], {
      stdio: 'pipe',
      // A terminal's ctrl-C reaches a process group; an orderly stop needs the namespace to its end.
      detached: true,
    })
    holder.stdin.on('error', () => {})
    let told = ''
    holder.stderr.on('data', (chunk) => {
      told += chunk
    })
    // It echoes once it runs, and it runs once the namespace is there.
    holder.stdin.write('\n')
    const signal = AbortSignal.timeout(START_DEADLINE_MS)
    const echo = once(holder.stdout, 'data', { signal }).then(() => null)
    const failure = once(holder, 'close', { signal }).then(
      () => (told.trim() === '' ? said('namespaceEnded', { program }) : quoted(told.trim())),
      (error) => quoted(saidOf(error)),
    )
    echo.catch(() => {})
    const failed = await Promise.race([echo.catch(() => failure), failure])
    if (failed !== null || holder.pid === undefined) {
      holder.kill('SIGKILL')
      throw unavailable(said('noNamespace', { why: failed ?? said('namespaceEnded', { program }) }))
    }
    return new Namespace(holder, holder.pid, enterWith(holder.pid))
  }

  /** A file of the namespace's own network: `dev`, `tcp`, `snmp`. */
  netFile(name: string): string {
    return `/proc/${this.pid}/net/${name}`
  }

  /**
   * Runs a program inside, to its end.
   * @param input what it reads
   * @returns what it printed
   * @throws InstrumentError `namespace-unavailable` with what it said where it fails
   */
  run(program: string, args: readonly string[], input = ''): Promise<string> {
    const [enter = '', ...before] = this.enter
    return new Promise((resolve, reject) => {
      const child = execFile(
        enter,
        [...before, program, ...args],
        { timeout: START_DEADLINE_MS },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout)
          else
            reject(
              unavailable(
                said('because', { what: program, why: quoted(stderr.trim() || saidOf(error)) }),
              ),
            )
        },
      )
      child.stdin?.on('error', () => {})
      child.stdin?.end(input)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return
    const closed = once(this.#holder, 'close')
    this.#holder.stdin?.end()
    this.#holder.kill('SIGKILL')
    await closed
  }
}
