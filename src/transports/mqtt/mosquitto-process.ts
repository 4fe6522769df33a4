import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { InstrumentError } from '../../model/errors.ts'
import { findLeftFolders, makeOwnedFolder, removeFolder } from '../../system/owned-folder.ts'
import { stopped } from '../connection-errors.ts'
import { disposeOnce } from '../once-disposed.ts'
import { listen } from '../sockets.ts'
import type { TlsIdentity } from '../tls/certificate.ts'
import { findMosquitto } from './mosquitto-program.ts'

const START_DEADLINE_MS = 10_000
const STOP_DEADLINE_MS = 2_000
const MAX_PORT_TRIES = 8
const STDERR_KEPT_CHARACTERS = 2_000
const RUNNING = /^mosquitto version \S+ running$/m

/**
 * Keeps the broker ($2 and on) for as long as this shell's standard input is
 * open, then ends it and removes its folder ($1). The other end of that input
 * is in the process that started it, and the kernel closes it however that
 * process ends. The broker is not waited for before, so that its process id
 * cannot have become another's when it is ended. It tells that id first. Once
 * the broker is up, it alone holds the error stream: its end is the broker's.
 */
const KEEPER = `
folder=$1; shift
"$@" >/dev/null &
broker=$!
echo "$broker"
exec >/dev/null 2>&1
read -r _
kill "$broker"
wait "$broker"
rm -rf "$folder"
`

/** What its folders are for. */
const PURPOSE = 'mosquitto'

/** A Mosquitto of our own that is listening. */
export interface MosquittoProcess extends AsyncDisposable {
  readonly port: number
  /** Of the broker itself. */
  readonly pid: number
  /** Of the shell that keeps it. */
  readonly keeperPid: number
  /** Why it is there no more; null while it is, and after it was told to end. */
  failure(): InstrumentError | null
  /** Resolves with that reason as soon as there is one; never if there is none. */
  readonly failed: Promise<InstrumentError>
}

/** Finds a port to try; Mosquitto cannot be told to take any that is free. */
export type ChoosePort = (host: string) => Promise<number>

export interface MosquittoSettings {
  readonly choosePort?: ChoosePort
  /** What it proves itself with; it then speaks TLS 1.3 only. */
  readonly identity?: TlsIdentity
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
  { choosePort = chooseFreePort, identity, lines = [], onLine }: MosquittoSettings = {},
): Promise<MosquittoProcess> {
  if (signal.aborted) throw stopped(signal)
  const program = await findMosquitto()
  if ('missing' in program) throw new InstrumentError('connection', program.missing)
  await removeLeftovers()
  for (let tries = 1; ; tries += 1) {
    const port = await choosePort(host)
    const broker = await KeptBroker.spawn(program.path, (folder) =>
      filesOf(folder, host, port, { identity, lines }),
    )
    if (onLine !== undefined) broker.tellLines(onLine)
    try {
      const pid = await broker.untilUp(signal)
      return {
        ...{ port, pid, keeperPid: broker.keeperPid, failed: broker.failed },
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

/** What a killed run left: its folder, and a broker whose keeper was killed with it. Looked for once. */
function removeLeftovers(): Promise<void> {
  leftovers ??= (async () => {
    for (const folder of findLeftFolders(PURPOSE)) {
      endBrokerOf(folder)
      await removeFolder(folder)
    }
  })()
  return leftovers
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
const CERTIFICATE = 'certificate.pem'
const KEY = 'key.pem'

/** What stands in its folder, by name. */
function filesOf(
  folder: string,
  host: string,
  port: number,
  { identity, lines }: { identity: TlsIdentity | undefined; lines: readonly string[] },
): Readonly<Record<string, string>> {
  if (identity === undefined) return { [CONFIGURATION]: configure(host, port, lines) }
  const configuration = configure(host, port, [
    `certfile ${join(folder, CERTIFICATE)}`,
    `keyfile ${join(folder, KEY)}`,
    'tls_version tlsv1.3',
    ...lines,
  ])
  return {
    [CONFIGURATION]: configuration,
    [CERTIFICATE]: identity.certificate,
    [KEY]: identity.key,
  }
}

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

class KeptBroker {
  readonly failed: Promise<InstrumentError>
  readonly keeperPid: number
  readonly #keeper: ChildProcess
  readonly #folder: string
  #pid: number | null = null
  #stderr = ''
  #onChange: () => void = () => {}
  /** Of the broker, which alone holds the error stream once it is up. */
  #ended = false
  #isUp = false
  #isStopping = false
  #failure: InstrumentError | null = null
  #tellFailure: (failure: InstrumentError) => void = () => {}

  private constructor(keeper: ChildProcess, folder: string) {
    this.#keeper = keeper
    this.keeperPid = keeper.pid as number
    this.#folder = folder
    this.failed = new Promise((resolve) => {
      this.#tellFailure = resolve
    })
    keeper.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT_CHARACTERS)
      this.#onChange()
    })
    let told = ''
    keeper.stdout?.on('data', (chunk: Buffer) => {
      told += chunk.toString()
      if (told.endsWith('\n')) this.#pid = Number(told)
      this.#onChange()
    })
    keeper.stderr?.on('close', () => {
      this.#ended = true
      this.#fail('ended unexpectedly')
      this.#onChange()
    })
    keeper.once('exit', () => {
      this.#fail('lost the process that keeps it, and was ended')
      this.#kill()
    })
    // A keeper that is gone cannot be told to stop.
    keeper.stdin?.on('error', () => {})
  }

  static async spawn(
    program: string,
    filesIn: (folder: string) => Readonly<Record<string, string>>,
  ): Promise<KeptBroker> {
    const folder = await makeOwnedFolder(PURPOSE)
    for (const [name, content] of Object.entries(filesIn(folder))) {
      await writeFile(join(folder, name), content)
    }
    const file = join(folder, CONFIGURATION)
    const keeper = spawn('sh', ['-c', KEEPER, 'keeper', folder, program, '-c', file], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A terminal's ctrl-C reaches a process group; what happens then is the parent's to decide.
      detached: true,
    })
    try {
      await once(keeper, 'spawn')
    } catch (cause) {
      await removeFolder(folder)
      throw new InstrumentError('connection', 'Mosquitto cannot be started: there is no sh', {
        cause,
      })
    }
    return new KeptBroker(keeper, folder)
  }

  get failure(): InstrumentError | null {
    return this.#failure
  }

  tellLines(onLine: (line: string) => void): void {
    if (this.#keeper.stderr !== null) createInterface(this.#keeper.stderr).on('line', onLine)
  }

  said(text: string): boolean {
    return this.#stderr.toLowerCase().includes(text)
  }

  /** Resolves with its process id when it says that it runs, which it does once its listener is bound. */
  async untilUp(signal: AbortSignal): Promise<number> {
    let onAbort = (): void => {}
    let deadline: NodeJS.Timeout | undefined
    try {
      const pid = await new Promise<number>((resolve, reject) => {
        onAbort = () => reject(stopped(signal))
        signal.addEventListener('abort', onAbort, { once: true })
        deadline = setTimeout(
          () => reject(this.#describe('did not say that it runs')),
          START_DEADLINE_MS,
        )
        this.#onChange = () => {
          const isUp = RUNNING.test(this.#stderr)
          if (this.#ended || this.#keeper.exitCode !== null || this.#keeper.signalCode !== null)
            reject(this.#describe('did not start'))
          else if (isUp && this.#pid !== null) resolve(this.#pid)
        }
        this.#onChange()
      })
      this.#isUp = true
      return pid
    } finally {
      clearTimeout(deadline)
      signal.removeEventListener('abort', onAbort)
      this.#onChange = () => {}
    }
  }

  /** Ends it, by force where it takes longer than two seconds. Its folder is gone afterwards. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const { exitCode, signalCode } = this.#keeper
    if (exitCode === null && signalCode === null) {
      const exited = once(this.#keeper, 'exit')
      const force = setTimeout(() => this.#killGroup(), STOP_DEADLINE_MS)
      this.#keeper.stdin?.end()
      await exited
      clearTimeout(force)
    }
    // Killed, where the keeper could not do it.
    if (!this.#ended)
      await new Promise<void>((resolve) => this.#keeper.once('close', () => resolve()))
    await removeFolder(this.#folder)
  }

  /** While the error stream is open the broker is there, and its group's id is nobody else's. */
  #kill(): void {
    if (!this.#ended) this.#killGroup()
  }

  /** The whole group: the keeper and the broker. */
  #killGroup(): void {
    try {
      process.kill(-this.keeperPid, 'SIGKILL')
    } catch {
      // Nobody is left in it.
    }
  }

  /** Before it is up, and after it was told to end, others say what there is to say. */
  #fail(how: string): void {
    this.#onChange()
    if (!this.#isUp || this.#isStopping || this.#failure !== null) return
    this.#failure = this.#describe(how)
    this.#tellFailure(this.#failure)
  }

  #describe(what: string): InstrumentError {
    const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '')
    const lastLine = RUNNING.test(lines.at(-1) ?? '') ? undefined : lines.at(-1)
    return new InstrumentError(
      'connection',
      `Mosquitto ${what}${lastLine === undefined ? '' : `: ${lastLine.trim()}`}`,
    )
  }
}
