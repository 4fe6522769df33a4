import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { packageRoot } from '../../src/package-root.ts'

/** Something between clients and server, in a process of its own. */
export interface Between {
  name: string
  port: number
  pid: number
  /** Ends it; what it printed on stdout. */
  end(): Promise<string>
}

type StartProxy = (targetPort: number) => Promise<Between>

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Until somebody listens there. */
async function untilListening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect({ host: '127.0.0.1', port })
    try {
      await once(socket, 'connect')
      socket.destroy()
      return
    } catch {
      await wait(20)
    }
  }
  throw new Error(`${child.spawnfile} ended before it listened on port ${port}`)
}

function endChild(child: ChildProcess, stdout: () => string) {
  return async (): Promise<string> => {
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close')
      child.kill('SIGINT')
      await closed
    }
    return stdout()
  }
}

function start(name: string, args: readonly string[]): { child: ChildProcess; stdout(): string } {
  const child = spawn(name, [...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk
  })
  return { child, stdout: () => text }
}

const startTap =
  (extra: readonly string[]): StartProxy =>
  async (targetPort) => {
    const folder = mkdtempSync(join(tmpdir(), 'tap-bench-'))
    const port = await freePort()
    const args = ['tap', '--listen', String(port), '--to', `127.0.0.1:${targetPort}`]
    const { child, stdout } = start(process.execPath, [
      join(packageRoot, 'bin', 'mqtt-vs-http.js'),
      ...args,
      ...['--out', folder, '--format', 'json'],
      ...extra.map((word) => word.replace('FOLDER', folder)),
    ])
    await untilListening(port, child)
    const end = endChild(child, stdout)
    return {
      name: ['tap', ...extra.filter((word) => word.startsWith('--'))].join(' '),
      port,
      pid: child.pid as number,
      async end() {
        const text = await end()
        rmSync(folder, { recursive: true, force: true })
        return text
      },
    }
  }

const startBareRelay: StartProxy = async (targetPort) => {
  const port = await freePort()
  const file = join(packageRoot, 'bench', 'tap-bench', 'bare-relay.ts')
  const args = ['--import', 'tsx', file, String(port), String(targetPort)]
  const { child, stdout } = start(process.execPath, args)
  await untilListening(port, child)
  return { name: 'bare relay', port, pid: child.pid as number, end: endChild(child, stdout) }
}

const startSocat: StartProxy = async (targetPort) => {
  const port = await freePort()
  const { child, stdout } = start('socat', [
    // Who has said all that he says is answered all the same, for a minute.
    ...['-t', '60'],
    `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr,backlog=1024,nodelay`,
    `TCP:127.0.0.1:${targetPort},nodelay`,
  ])
  await untilListening(port, child)
  return { name: 'socat', port, pid: child.pid as number, end: endChild(child, stdout) }
}

const MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so'

const startNginx: StartProxy = async (targetPort) => {
  const folder = mkdtempSync(join(tmpdir(), 'tap-bench-'))
  const port = await freePort()
  writeFileSync(
    join(folder, 'nginx.conf'),
    `load_module ${MODULE}; daemon off; master_process off; pid ${folder}/pid; error_log stderr warn;
     events { worker_connections 2048; }
     stream { server { listen 127.0.0.1:${port} backlog=1024; tcp_nodelay on; proxy_half_close on; proxy_pass 127.0.0.1:${targetPort}; } }`,
  )
  const { child, stdout } = start('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')])
  await untilListening(port, child)
  const end = endChild(child, stdout)
  return {
    name: 'nginx stream',
    port,
    pid: child.pid as number,
    async end() {
      const text = await end()
      rmSync(folder, { recursive: true, force: true })
      return text
    },
  }
}

export const PROXIES: Readonly<Record<string, StartProxy>> = {
  tap: startTap([]),
  relay: startBareRelay,
  'tap-pcap': startTap(['--pcap', 'FOLDER/tap.pcapng']),
  socat: startSocat,
  nginx: startNginx,
}

/** The most memory that a process has had, in bytes: VmHWM of proc(5). */
export function peakMemoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

/** CPU time in seconds, with that of children that ended: proc(5), in ticks of 10 ms. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return ticks / 100
}
