import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CertificateFiles } from '../certificates.ts'
import { temporaryFolder } from '../command.ts'
import { freePorts, temporaryPaths } from '../programs.ts'

export interface DefaultNginx extends AsyncDisposable {
  readonly http: number
  readonly https: number
  readonly h2c: number
  readonly http2: number
}

/**
 * nginx as it is installed, with nothing said of connections but where they are
 * listened for: every path answers 204, and the 1,000th answer is the last of its
 * connection (`keepalive_requests`), which it says in HTTP/1.1 and HTTP/2.
 */
export async function startDefaultNginx({
  certificate,
  key,
}: CertificateFiles): Promise<DefaultNginx> {
  const folder = temporaryFolder()
  const [http, https, h2c, http2] = (await freePorts(4)) as [number, number, number, number]
  // Its own default, in 1.22, ends at TLS 1.2.
  const tls = `ssl_protocols TLSv1.3; ssl_certificate ${certificate}; ssl_certificate_key ${key};`
  const server = (listen: string, more = ''): string =>
    `server { listen 127.0.0.1:${listen}; ${more} location / { return 204; } }`
  writeFileSync(
    join(folder.path, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(folder.path, 'pid')}; error_log stderr notice;
     events {}
     http {
       access_log off; ${temporaryPaths(folder.path)}
       ${server(`${http}`)}
       ${server(`${https} ssl`, tls)}
       ${server(`${h2c} http2`)}
       ${server(`${http2} ssl http2`, tls)}
     }`,
  )
  const nginx = spawn(
    'nginx',
    ['-p', folder.path, '-c', join(folder.path, 'nginx.conf'), '-e', 'stderr'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  // It has bound its ports before it says what it runs on.
  await new Promise<void>((resolve, reject) => {
    nginx.stderr.on('data', (chunk: Buffer) => {
      said += chunk
      if (said.includes('OS:')) resolve()
    })
    nginx.once('close', () => reject(new Error(`nginx did not start: ${said}`)))
  })
  return {
    ...{ http, https, h2c, http2 },
    async [Symbol.asyncDispose]() {
      nginx.kill('SIGTERM')
      if (nginx.exitCode === null) await once(nginx, 'close')
      folder[Symbol.dispose]()
    },
  }
}
