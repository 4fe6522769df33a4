import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './command.ts'

/** Runs a program to its end, and fails where it does. */
export async function runProgram(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { stdout } = await promisify(execFile)(name, [...args], { env })
  return stdout
}

/** Ports of this machine that are free now, each once. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  for (const server of servers) server.close()
  await Promise.all(servers.map((server) => once(server, 'close')))
  return ports
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port as number
}

/** Where nginx keeps what it receives; by default only root may write there. */
export const temporaryPaths = (folder: string): string =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(' ')

/**
 * An nginx of our own, until it is disposed of: it serves `/hello.txt`, answers
 * 204 on `/sensors`, and passes `/forward` on to that.
 */
export async function startNginx(): Promise<AsyncDisposable & { port: number; posts(): number }> {
  const folder = temporaryFolder()
  const port = await freePort()
  const at = (name: string): string => join(folder.path, name)
  writeFileSync(at('hello.txt'), 'hello, device\n')
  writeFileSync(
    at('nginx.conf'),
    `daemon off; master_process off; pid ${at('pid')}; error_log stderr notice;
     events {}
     http {
       access_log ${at('access.log')}; ${temporaryPaths(folder.path)}
       server {
         listen 127.0.0.1:${port};
         location / { root ${folder.path}; }
         location /sensors { return 204; }
         location /forward {
           client_max_body_size 10m;
           proxy_pass http://127.0.0.1:${port}/sensors;
         }
       }
     }`,
  )
  const nginx = spawn('nginx', ['-p', folder.path, '-c', at('nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await untilListening(nginx.stderr, port)
  return {
    port,
    /** By its own log. */
    posts: () => readFileSync(at('access.log'), 'latin1').match(/"POST /g)?.length ?? 0,
    async [Symbol.asyncDispose]() {
      nginx.kill('SIGTERM')
      if (nginx.exitCode === null) await once(nginx, 'close')
      folder[Symbol.dispose]()
    },
  }
}

/** It has bound its port before it says what it runs on. */
function untilListening(stderr: NodeJS.ReadableStream, port: number): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    stderr.on('data', (chunk: Buffer) => {
      said += chunk
      if (said.includes('OS:')) resolve()
    })
    stderr.on('close', () => reject(new Error(`nginx did not start on port ${port}: ${said}`)))
  })
}
