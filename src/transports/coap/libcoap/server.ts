import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InstrumentError, saidOf } from '../../../model/errors.ts'
import { quoted, said } from '../../../model/said/said.ts'
import { findLeftFolders, makeOwnedFolder, removeFolder } from '../../../system/owned-folder.ts'
import { untilParentEnds } from '../../../system/parent-bound.ts'
import { stopped } from '../../connection-errors.ts'
import { type ProgramTrouble, programFailed, untilUp } from '../../connections/until-up.ts'
import { disposeOnce } from '../../once-disposed.ts'
import { findLibcoap, PRE_SHARED_KEY, PRIORITIES, PRIORITY_FILE } from './programs.ts'

const START_DEADLINE_MS = 30_000
const MAX_PORT_TRIES = 8
const LOG_KEPT_CHARACTERS = 4_000
const NAME = 'coap-server'
const PURPOSE = 'libcoap'

/** A coap-server of our own: CoAP on one port, and over DTLS on the next. */
export interface LibcoapServer extends AsyncDisposable {
  readonly port: number
  readonly securePort: number
  /** Why it is there no more; null while it is, and after it was told to end. */
  failure(): InstrumentError | null
}

/**
 * Starts a coap-server that makes a resource of whatever is PUT. It ends with
 * this process, however that ends.
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export async function startLibcoapServer(
  host: string,
  signal: AbortSignal,
): Promise<LibcoapServer> {
  if (signal.aborted) throw stopped(signal)
  const programs = await findLibcoap()
  if ('missing' in programs) throw new InstrumentError('connection', programs.missing)
  await Promise.all(findLeftFolders(PURPOSE).map(removeFolder))
  for (let tries = 1; ; tries += 1) {
    const port = await findTwoPorts(host)
    const server = await Server.spawn(programs.server, host, port)
    try {
      await server.untilUp(signal)
      return {
        ...{ port, securePort: port + 1, failure: () => server.failure },
        [Symbol.asyncDispose]: disposeOnce(() => server.stop()),
      }
    } catch (error) {
      await server.stop()
      if (signal.aborted || tries === MAX_PORT_TRIES) throw error
    }
  }
}

/** It takes the port after the one that it is told for DTLS. */
async function findTwoPorts(host: string): Promise<number> {
  const bind = async (port: number): Promise<Socket | null> => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    try {
      socket.bind(port, host)
      await once(socket, 'listening')
      return socket
    } catch {
      return null
    }
  }
  for (;;) {
    const first = await bind(0)
    const port = first?.address().port ?? 0
    const second = port > 0 && port < 65_535 ? await bind(port + 1) : null
    first?.close()
    second?.close()
    if (second !== null) return port
  }
}

class Server {
  readonly #process: ChildProcess
  readonly #folder: string
  #log = ''
  #onChange: () => void = () => {}
  #isUp = false
  #isStopping = false
  failure: InstrumentError | null = null

  private constructor(started: ChildProcess, folder: string) {
    this.#process = started
    this.#folder = folder
    const hear = (chunk: Buffer): void => {
      this.#log = (this.#log + chunk.toString('latin1')).slice(-LOG_KEPT_CHARACTERS)
      this.#onChange()
    }
    started.stdout?.on('data', hear)
    started.stderr?.on('data', hear)
    started.once('close', () => {
      if (this.#isUp && !this.#isStopping) this.failure = this.#describe('programEnded')
      this.#onChange()
    })
  }

  static async spawn(program: string, host: string, port: number): Promise<Server> {
    const folder = await makeOwnedFolder(PURPOSE)
    const priorities = join(folder, PRIORITY_FILE)
    await writeFile(priorities, PRIORITIES)
    const args = ['-A', host, '-p', String(port), '-k', PRE_SHARED_KEY]
    const more = [
      // Resources that may come to be.
      ...['-d', '8'],
      // Notifications are not acknowledged: a watcher that is slow misses none.
      '-N',
      // Says where it listens.
      ...['-v', '7'],
    ]
    const [command = program, ...before] = [...(await untilParentEnds()), program]
    const started = spawn(command, [...before, ...args, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, GNUTLS_SYSTEM_PRIORITY_FILE: priorities },
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
    return new Server(started, folder)
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  /** Resolves when it has said that it listens for datagrams on both ports: over DTLS on the second, at last. */
  async untilUp(signal: AbortSignal): Promise<void> {
    await untilUp(
      {
        deadlineMs: START_DEADLINE_MS,
        judge: () => {
          // It also listens on TCP, which nobody here needs.
          if (this.#hasEnded) return this.#describe('programNotStarted')
          if (/created DTLS endpoint/.test(this.#log)) return 'up'
          if (/cannot create (UDP|DTLS) /.test(this.#log))
            return this.#describe('programNotListening')
          return 'not yet'
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

  async stop(): Promise<void> {
    this.#isStopping = true
    if (!this.#hasEnded) {
      const exited = once(this.#process, 'exit')
      // It has nothing to lose, and waits for its clients where it is asked to end.
      this.#process.kill('SIGKILL')
      await exited
    }
    await removeFolder(this.#folder)
  }

  #describe(trouble: ProgramTrouble): InstrumentError {
    const lines = this.#log.split('\n').filter((line) => /WARN|ERR|EMRG|CRIT|ALRT/.test(line))
    const last = lines.at(-1)?.replace(/^.*?(?:WARN|ERR|EMRG|CRIT|ALRT)\s*/, '')
    return programFailed(NAME, trouble, last)
  }
}
