import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { InstrumentError, saidOf } from '../../model/errors.ts'
import { quoted, said } from '../../model/said/said.ts'
import { findLeftFolders, makeOwnedFolder, removeFolder } from '../../system/owned-folder.ts'
import { untilParentEnds } from '../../system/parent-bound.ts'
import { stopped } from '../connection-errors.ts'
import { type ProgramTrouble, programFailed, untilUp } from '../connections/until-up.ts'
import { disposeOnce } from '../once-disposed.ts'
import { listen } from '../sockets.ts'
import { findMosquitto } from './mosquitto-program.ts'

const START_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 2_000
/** Until it is told again: between its word that it runs and its loop it takes no notice of a signal. */
const STOP_AGAIN_MS = 200
const MAX_PORT_TRIES = 8
const STDERR_KEPT_CHARACTERS = 2_000
const RUNNING = /^mosquitto version \S+ running$/m

/** What its folders are for. */
const NAME = 'Mosquitto'
const PURPOSE = 'mosquitto'

/** A Mosquitto of our own that is listening. */
export interface MosquittoProcess extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  /** Why it is there no more; null while it is, and after it was told to end. */
  failure(): InstrumentError | null
  /** Resolves with that reason as soon as there is one; never if there is none. */
  readonly failed: Promise<InstrumentError>
}

/** Finds a port to try; Mosquitto cannot be told to take any that is free. */
export type ChoosePort = (host: string) => Promise<number>

export interface MosquittoSettings {
  readonly choosePort?: ChoosePort
  /** Further lines of its configuration; they come last, and what they set holds. */
  readonly lines?: readonly string[]
  /** Is told each line that it logs. */
  readonly onLine?: (line: string) => void
}

/**
 * Starts a Mosquitto on a free port with a configuration of its own. It ends
 * with this process, however that ends.
 * @throws InstrumentError `connection` where there is none, or it does not start;
 *   the reason of the signal
 */
export async function startMosquitto(
  host: string,
  signal: AbortSignal,
  { choosePort = chooseFreePort, lines = [], onLine }: MosquittoSettings = {},
): Promise<MosquittoProcess> {
  if (signal.aborted) throw stopped(signal)
  const program = await findMosquitto()
  if ('missing' in program) throw new InstrumentError('connection', program.missing)
  await removeLeftovers()
  for (let tries = 1; ; tries += 1) {
    const port = await choosePort(host)
    const broker = await Broker.spawn(program.path, configure(host, port, lines))
    if (onLine !== undefined) broker.tellLines(onLine)
    try {
      await broker.untilUp(signal)
      return {
        ...{ port, pid: broker.pid, failed: broker.failed },
        failure: () => broker.failure,
        [Symbol.asyncDispose]: disposeOnce(() => broker.stop()),
      }
    } catch (error) {
      await broker.stop()
      // Between our letting go of the port and its binding it, somebody else can come.
      const wasTaken = broker.said('already in use')
      if (!wasTaken || tries === MAX_PORT_TRIES) throw error
    }
  }
}

let leftovers: Promise<void> | undefined

/** Looked for once: what a killed run has left is there before this one. */
function removeLeftovers(): Promise<void> {
  leftovers ??= removeLeftBrokers()
  return leftovers
}

/** What processes of ours left that were killed: a folder each, and where the kernel did not end it, a broker. */
export async function removeLeftBrokers(): Promise<void> {
  for (const folder of findLeftFolders(PURPOSE)) {
    endBrokerOf(folder)
    await removeFolder(folder)
  }
}

/** Ends what was started with that folder's configuration; nobody but a broker of ours is. */
function endBrokerOf(folder: string): void {
  if (process.platform !== 'linux') return
  const started = ['-c', join(folder, CONFIGURATION), ''].join('\0')
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      if (line.slice(line.indexOf('\0') + 1) === started) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
}

async function chooseFreePort(host: string): Promise<number> {
  const listener = await listen(createServer(), host)
  await listener.close()
  return listener.port
}

const CONFIGURATION = 'mosquitto.conf'
/** Nothing is dropped, nothing is kept on disk, nothing but its start and its errors is logged. */
function configure(host: string, port: number, more: readonly string[]): string {
  return [
    `listener ${port} ${host}`,
    // Started by root it would become a user of its own, who may not read the key; and
    // in a user namespace, where root is the only one, it could not. Anybody else stays
    // who they are, with a name or without.
    ...(process.geteuid?.() === 0 ? ['user root'] : []),
    'allow_anonymous true',
    'persistence false',
    // As on every socket of the instrument.
    'set_tcp_nodelay true',
    // 0: no limit. Mosquitto drops what goes beyond it, QoS 0 too.
    'max_inflight_messages 0',
    'max_queued_messages 0',
    // MQTT 5 §3.2.2.3.8: how many a client may use on a connection.
    'max_topic_alias 10',
    'connection_messages false',
    'log_dest stderr',
    'log_timestamp false',
    // No warnings: where nothing limits what is in flight, 2.1 gives one for every message.
    'log_type error',
    'log_type notice',
    // That it runs is information.
    'log_type information',
    ...more,
    '',
  ].join('\n')
}

class Broker {
  readonly failed: Promise<InstrumentError>
  readonly pid: number
  readonly #process: ChildProcess
  readonly #folder: string
  #stderr = ''
  #onChange: () => void = () => {}
  #isUp = false
  #isStopping = false
  #failure: InstrumentError | null = null
  #tellFailure: (failure: InstrumentError) => void = () => {}

  private constructor(started: ChildProcess, folder: string) {
    this.#process = started
    this.pid = started.pid as number
    this.#folder = folder
    this.failed = new Promise((resolve) => {
      this.#tellFailure = resolve
    })
    started.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT_CHARACTERS)
      this.#onChange()
    })
    started.once('close', () => {
      this.#fail('programEnded')
      this.#onChange()
    })
  }

  static async spawn(program: string, configuration: string): Promise<Broker> {
    const folder = await makeOwnedFolder(PURPOSE)
    await writeFile(join(folder, CONFIGURATION), configuration)
    const [command = program, ...args] = [...(await untilParentEnds()), program]
    const started = spawn(command, [...args, '-c', join(folder, CONFIGURATION)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A terminal's ctrl-C reaches a process group; what happens then is the parent's to decide.
      detached: true,
    })
    try {
      await once(started, 'spawn')
    } catch (cause) {
      await removeFolder(folder)
      const why = quoted(saidOf(cause))
      throw new InstrumentError('connection', said('noProgramStart', { program: NAME, why }))
    }
    return new Broker(started, folder)
  }

  get failure(): InstrumentError | null {
    return this.#failure
  }

  tellLines(onLine: (line: string) => void): void {
    if (this.#process.stderr !== null) createInterface(this.#process.stderr).on('line', onLine)
  }

  said(text: string): boolean {
    return this.#stderr.toLowerCase().includes(text)
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  /** Resolves when it says that it runs, which it does once its listener is bound. */
  async untilUp(signal: AbortSignal): Promise<void> {
    await untilUp(
      {
        deadlineMs: START_DEADLINE_MS,
        judge: () => {
          if (this.#hasEnded) return this.#describe('programNotStarted')
          return RUNNING.test(this.#stderr) ? 'up' : 'not yet'
        },
        late: () => this.#describe('programSilent'),
        onChange: (listener) => {
          this.#onChange = listener
        },
      },
      signal,
    )
    this.#isUp = true
  }

  /** Ends it, by force where it takes longer than two seconds. Its folder is gone afterwards. */
  async stop(): Promise<void> {
    this.#isStopping = true
    if (!this.#hasEnded) {
      const exited = once(this.#process, 'exit')
      const force = setTimeout(() => this.#process.kill('SIGKILL'), STOP_DEADLINE_MS)
      const again = setInterval(() => this.#process.kill(), STOP_AGAIN_MS)
      this.#process.kill()
      await exited
      clearTimeout(force)
      clearInterval(again)
    }
    await removeFolder(this.#folder)
  }

  /** Before it is up, and after it was told to end, others say what there is to say. */
  #fail(how: ProgramTrouble): void {
    this.#onChange()
    if (!this.#isUp || this.#isStopping || this.#failure !== null) return
    this.#failure = this.#describe(how)
    this.#tellFailure(this.#failure)
  }

  #describe(trouble: ProgramTrouble): InstrumentError {
    const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '')
    const lastLine = RUNNING.test(lines.at(-1) ?? '') ? undefined : lines.at(-1)
    return programFailed(NAME, trouble, lastLine)
  }
}
