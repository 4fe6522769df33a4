import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './command.ts'

/** Runs a program to its end, and fails where it does. */
export async function runProgram(name: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(name, [...args])
  return stdout
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('has no port')
  return address.port
}

/**
 * An nginx of our own, until it is disposed of: it serves `/hello.txt`, answers
 * 204 on `/sensors`, and passes `/forward` on to that.
 */
export async function startNginx(): Promise<AsyncDisposable & { port: number }> {
  const folder = temporaryFolder()
  const port = await freePort()
  const at = (name: string): string => join(folder.path, name)
  writeFileSync(at('hello.txt'), 'hello, device\n')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${at(name)};`,
  )
  writeFileSync(
    at('nginx.conf'),
    `daemon off; master_process off; pid ${at('pid')}; error_log stderr notice;
     events {}
     http {
       access_log off; ${paths.join(' ')}
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
