import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { InstrumentError, saidOf } from '../../model/errors.ts'
import { quoted, said } from '../../model/said/said.ts'
import { makeOwnedFolder, removeFolder } from '../../system/owned-folder.ts'
import { untilParentEnds } from '../../system/parent-bound.ts'
import { stopped } from '../connection-errors.ts'

const START_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 2_000
/** Until it is told again: between its word that it runs and its loop Mosquitto takes no notice of a signal. */
const STOP_AGAIN_MS = 200
const LOG_KEPT_CHARACTERS = 4_000

type Trouble = 'programEnded' | 'programNotStarted' | 'programNotListening' | 'programSilent'

/** A server of somebody else's: how it is started, and how what it says is read. */
export interface ServerProgramKind {
  /** As it is named to the user. */
  readonly name: string
  /** What its folders are for. */
  readonly purpose: string
  /** The file in its folder that it reads. */
  readonly file: string
  readonly says: 'on stderr' | 'on both streams'
  /** From what it has said so far. */
  judge(log: string): 'up' | 'not yet' | 'not listening'
  /** What it said last of what is wrong. */
  lastWord(log: string): string | undefined
  /** `at once`: it has nothing to lose, or waits for its clients where it is asked to end. */
  readonly ends: 'at once' | 'when asked'
}

export interface ServerProgramStart {
  readonly program: string
  /** What stands in its file. */
  readonly text: string
  /** @param file the path of that file */
  args(file: string): readonly string[]
  env?(file: string): NodeJS.ProcessEnv
}

/** A server of somebody else's that we started; it ends with this process, however that ends. */
export class ServerProgram {
  /** Resolves with why it is there no more, as soon as it is so; never where it was told to end. */
  readonly failed: Promise<InstrumentError>
  readonly pid: number
  readonly #kind: ServerProgramKind
  readonly #process: ChildProcess
  readonly #folder: string
  #log = ''
  #onChange: () => void = () => {}
  #isUp = false
  #isStopping = false
  #failure: InstrumentError | null = null
  #tellFailure: (failure: InstrumentError) => void = () => {}

  private constructor(kind: ServerProgramKind, started: ChildProcess, folder: string) {
    this.#kind = kind
    this.#process = started
    this.pid = started.pid as number
    this.#folder = folder
    this.failed = new Promise((resolve) => {
      this.#tellFailure = resolve
    })
    const hear = (chunk: Buffer): void => {
      this.#log = (this.#log + chunk.toString()).slice(-LOG_KEPT_CHARACTERS)
      this.#onChange()
    }
    started.stdout?.on('data', hear)
    started.stderr?.on('data', hear)
    started.once('close', () => {
      this.#onChange()
      // Before it is up, and after it was told to end, others say what there is to say.
      if (!this.#isUp || this.#isStopping) return
      this.#failure = this.#describe('programEnded')
      this.#tellFailure(this.#failure)
    })
  }

  /** @throws InstrumentError `connection` where it cannot be started */
  static async spawn(
    kind: ServerProgramKind,
    { program, text, args, env }: ServerProgramStart,
  ): Promise<ServerProgram> {
    const folder = await makeOwnedFolder(kind.purpose)
    try {
      const file = join(folder, kind.file)
      await writeFile(file, text)
      const [command = program, ...before] = [...(await untilParentEnds()), program]
      const started = spawn(command, [...before, ...args(file)], {
        stdio: ['ignore', kind.says === 'on stderr' ? 'ignore' : 'pipe', 'pipe'],
        ...(env !== undefined && { env: { ...process.env, ...env(file) } }),
        // A terminal's ctrl-C reaches a process group; what happens then is the parent's to decide.
        detached: true,
      })
      await once(started, 'spawn')
      return new ServerProgram(kind, started, folder)
    } catch (cause) {
      await removeFolder(folder)
      const why = quoted(saidOf(cause))
      throw new InstrumentError('connection', said('noProgramStart', { program: kind.name, why }))
    }
  }

  /** Why it is there no more; null while it is, and after it was told to end. */
  get failure(): InstrumentError | null {
    return this.#failure
  }

  tellLines(onLine: (line: string) => void): void {
    if (this.#process.stderr !== null) createInterface(this.#process.stderr).on('line', onLine)
  }

  said(text: string): boolean {
    return this.#log.toLowerCase().includes(text)
  }

  /**
   * Resolves when it has said that it serves.
   * @throws InstrumentError `connection` where it will not, or says nothing for long; the reason of the signal
   */
  async untilUp(signal: AbortSignal): Promise<void> {
    let onAbort = (): void => {}
    let deadline: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        onAbort = () => reject(stopped(signal))
        signal.addEventListener('abort', onAbort, { once: true })
        const late = () => reject(this.#describe('programSilent'))
        deadline = setTimeout(late, START_DEADLINE_MS)
        this.#onChange = () => {
          if (this.#hasEnded) return reject(this.#describe('programNotStarted'))
          const verdict = this.#kind.judge(this.#log)
          if (verdict === 'up') resolve()
          else if (verdict !== 'not yet') reject(this.#describe('programNotListening'))
        }
        this.#onChange()
      })
    } finally {
      clearTimeout(deadline)
      signal.removeEventListener('abort', onAbort)
      this.#onChange = () => {}
    }
    this.#isUp = true
  }

  /** Ends it, by force where it takes longer than two seconds. Its folder is gone afterwards. */
  async stop(): Promise<void> {
    this.#isStopping = true
    if (!this.#hasEnded) {
      const exited = once(this.#process, 'exit')
      const end = this.#kind.ends === 'at once' ? 'SIGKILL' : 'SIGTERM'
      const force = setTimeout(() => this.#process.kill('SIGKILL'), STOP_DEADLINE_MS)
      const again = setInterval(() => this.#process.kill(end), STOP_AGAIN_MS)
      this.#process.kill(end)
      await exited
      clearTimeout(force)
      clearInterval(again)
    }
    await removeFolder(this.#folder)
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  #describe(trouble: Trouble): InstrumentError {
    const what = said(trouble, { program: this.#kind.name })
    // Who is killed has said nothing of it.
    const word = this.#process.signalCode ?? this.#kind.lastWord(this.#log)
    return new InstrumentError(
      'connection',
      word === undefined ? what : said('because', { what, why: quoted(word.trim()) }),
    )
  }
}
