import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { InstrumentError } from '../../model/errors.ts'
import { findLeftFolders, removeFolder } from '../../system/owned-folder.ts'
import { stopped } from '../connection-errors.ts'
import { ServerProgram, type ServerProgramKind } from '../connections/server-program.ts'
import { disposeOnce } from '../once-disposed.ts'
import { listen } from '../sockets.ts'
import { findMosquitto } from './mosquitto-program.ts'

const MAX_PORT_TRIES = 8
const CONFIGURATION = 'mosquitto.conf'
const RUNNING = /^mosquitto version \S+ running$/m

const MOSQUITTO: ServerProgramKind = {
  name: 'Mosquitto',
  purpose: 'mosquitto',
  file: CONFIGURATION,
  says: 'on stderr',
  // It says that it runs once its listener is bound.
  judge: (log) => (RUNNING.test(log) ? 'up' : 'not yet'),
  lastWord(log) {
    const last = log.split('\n').findLast((line) => line.trim() !== '')
    return last === undefined || RUNNING.test(last) ? undefined : last
  },
  ends: 'when asked',
}

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
    const broker = await ServerProgram.spawn(MOSQUITTO, {
      program: program.path,
      text: configure(host, port, lines),
      args: (file) => ['-c', file],
    })
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
  for (const folder of findLeftFolders(MOSQUITTO.purpose)) {
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
