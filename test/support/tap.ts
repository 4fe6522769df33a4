import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type TapReport, tapReportSchema } from '../../src/model/report/tap/tap-report.ts'
import { type CommandResult, startCommand, temporaryFolder } from './command.ts'

export interface RunningTap extends AsyncDisposable {
  port: number
  pid: number
  /** Of `--out`. */
  folder: string
  /** Resolves when the text has been printed on stderr. */
  printed(text: string): Promise<void>
  /** Ctrl-C, unless it has ended by itself. */
  end(signal?: NodeJS.Signals): Promise<CommandResult & { report: TapReport }>
}

export const readTapReport = (folder: string): TapReport =>
  tapReportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')))

/** The built command, listening on a free port. */
export async function startTap(
  target: number | string,
  extra: readonly string[] = [],
): Promise<RunningTap> {
  const folder = temporaryFolder()
  const to = typeof target === 'number' ? `127.0.0.1:${target}` : target
  const running = startCommand([
    'tap',
    ...['--listen', '0', '--to', to, '--out', folder.path],
    ...extra.map((word) => word.replace('FOLDER', folder.path)),
  ])
  const said = await running.printed(/^tap listens on 127\.0\.0\.1:(\d+) .*\n/m)
  return {
    port: Number(said[1]),
    pid: running.child.pid as number,
    folder: folder.path,
    printed: async (text) => void (await running.printed(text)),
    async end(signal = 'SIGINT') {
      running.child.kill(signal)
      const result = await running.ended
      return { ...result, report: readTapReport(folder.path) }
    },
    async [Symbol.asyncDispose]() {
      running.child.kill('SIGKILL')
      await running.ended
      folder[Symbol.dispose]()
    },
  }
}

export interface TestServer extends Disposable {
  port: number
  sockets: Socket[]
}

/** A server that does with each connection what the test says. */
export async function serveTcp(handle: (socket: Socket) => void): Promise<TestServer> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    handle(socket)
  })
  server.listen({ host: '127.0.0.1', port: 0, backlog: 512 })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    [Symbol.dispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

export function dialTcp(port: number): Socket {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
  socket.on('error', () => {})
  return socket
}

/** Also where an error comes first, which `once` would reject with. */
export const closingOf = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => socket.once('close', resolve))

/** The most memory that a process has had, in bytes: VmHWM of proc(5). */
export function peakMemoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
