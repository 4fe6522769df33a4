import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { InstrumentError } from '../../../model/errors.ts'
import { findLeftFolders, removeFolder } from '../../../system/owned-folder.ts'
import { stopped } from '../../connection-errors.ts'
import { ServerProgram, type ServerProgramKind } from '../../connections/server-program.ts'
import { disposeOnce } from '../../once-disposed.ts'
import { findLibcoap, PRE_SHARED_KEY, PRIORITIES, PRIORITY_FILE } from './programs.ts'

const MAX_PORT_TRIES = 8
const TROUBLE = /^.*?(?:WARN|ERR|EMRG|CRIT|ALRT)\s*/

const COAP_SERVER: ServerProgramKind = {
  name: 'coap-server',
  purpose: 'libcoap',
  file: PRIORITY_FILE,
  says: 'on both streams',
  // It listens for datagrams on both ports: over DTLS on the second, at last. It also
  // listens on TCP, which nobody here needs.
  judge(log) {
    if (/created DTLS endpoint/.test(log)) return 'up'
    return /cannot create (UDP|DTLS) /.test(log) ? 'not listening' : 'not yet'
  },
  lastWord: (log) =>
    log
      .split('\n')
      .findLast((line) => TROUBLE.test(line))
      ?.replace(TROUBLE, ''),
  // It waits for its clients where it is asked to end.
  ends: 'at once',
}

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
  await Promise.all(findLeftFolders(COAP_SERVER.purpose).map(removeFolder))
  for (let tries = 1; ; tries += 1) {
    const port = await findTwoPorts(host)
    const server = await ServerProgram.spawn(COAP_SERVER, {
      program: programs.server,
      text: PRIORITIES,
      args: () => [
        ...['-A', host, '-p', String(port), '-k', PRE_SHARED_KEY],
        // Resources that may come to be.
        ...['-d', '8'],
        // Notifications are not acknowledged: a watcher that is slow misses none.
        '-N',
        // Says where it listens.
        ...['-v', '7'],
      ],
      env: (file) => ({ GNUTLS_SYSTEM_PRIORITY_FILE: file }),
    })
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
