import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { CertificateFiles } from './certificates.ts'
import { temporaryFolder } from './command.ts'
import { freePorts, runProgram, temporaryPaths } from './programs.ts'

async function startProgram(
  name: string,
  args: readonly string[],
  isUp: RegExp,
): Promise<AsyncDisposable> {
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk
      if (isUp.test(said)) resolve()
    })
    child.on('close', () => reject(new Error(`${name} did not start: ${said}`)))
    child.on('error', reject)
  })
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'close')
    },
  }
}

export interface RealBroker extends AsyncDisposable {
  readonly mqtt: number
  readonly mqtts: number
  readonly ws: number
  readonly wss: number
  /** Asks for a certificate of the client. */
  readonly mutual: number
}

/**
 * A Mosquitto as somebody runs it: who connects has a password, `blind` may
 * publish and not read, and there is a listener of each kind.
 */
export async function startBroker(
  identity: CertificateFiles,
  authority: string,
  users: Readonly<Record<string, string>>,
): Promise<RealBroker> {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  for (const [index, [user, password]] of Object.entries(users).entries()) {
    await runProgram('mosquitto_passwd', [
      ...(index === 0 ? ['-c'] : []),
      ...['-b', at('passwords'), user, password],
    ])
  }
  const readers = Object.keys(users).filter((user) => user !== 'blind')
  writeFileSync(
    at('acl'),
    [...readers.map((user) => `user ${user}\ntopic readwrite #`), 'user blind\ntopic write #'].join(
      '\n',
    ),
  )
  for (const file of ['acl', 'passwords']) chmodSync(at(file), 0o600)
  const [mqtt, mqtts, ws, wss, mutual] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const tls = `certfile ${identity.certificate}\nkeyfile ${identity.key}`
  writeFileSync(
    at('mosquitto.conf'),
    `per_listener_settings false
user ${userInfo().username}
password_file ${at('passwords')}
acl_file ${at('acl')}
allow_anonymous false
persistence false
log_dest stderr
max_topic_alias 10
set_tcp_nodelay true
listener ${mqtt} 127.0.0.1
listener ${mqtts} 127.0.0.1
${tls}
listener ${ws} 127.0.0.1
protocol websockets
listener ${wss} 127.0.0.1
protocol websockets
${tls}
listener ${mutual} 127.0.0.1
${tls}
cafile ${authority}
require_certificate true
`,
  )
  const broker = await startProgram('mosquitto', ['-c', at('mosquitto.conf')], / running$/m)
  return {
    ...{ mqtt, mqtts, ws, wss, mutual },
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

export interface RealServer extends AsyncDisposable {
  readonly http: number
  readonly https: number
  /** By an identity that nobody should believe, in the order given. */
  readonly doubtful: readonly number[]
}

/**
 * An nginx as somebody runs it: `/readings` answers 204, `/guarded` the same to
 * whoever has the password, `/broken` 500, `/moved` leads to `/broken`.
 */
export async function startWebServer(
  identity: CertificateFiles,
  { user, password }: { user: string; password: string },
  doubtful: readonly CertificateFiles[],
): Promise<RealServer> {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const [http, https, ...further] = (await freePorts(2 + doubtful.length)) as [
    number,
    number,
    ...number[],
  ]
  const others = doubtful.map(
    ({ certificate, key }, index) => `server {
         listen 127.0.0.1:${further[index]} ssl;
         ssl_certificate ${certificate};
         ssl_certificate_key ${key};
         ssl_protocols TLSv1.3;
         location / { return 204; }
       }`,
  )
  writeFileSync(at('passwords'), `${user}:{PLAIN}${password}\n`)
  writeFileSync(
    at('nginx.conf'),
    `daemon off; master_process off; pid ${at('pid')}; error_log stderr notice;
     events {}
     http {
       access_log off; ${temporaryPaths(folder.path)}
       server {
         listen 127.0.0.1:${http};
         listen 127.0.0.1:${https} ssl http2;
         ssl_certificate ${identity.certificate};
         ssl_certificate_key ${identity.key};
         ssl_protocols TLSv1.3;
         location /readings { return 204; }
         location /broken { return 500; }
         location /moved { return 307 /broken; }
         location /guarded {
           auth_basic guarded; auth_basic_user_file ${at('passwords')};
           try_files /nowhere @taken;
         }
         location @taken { return 204; }
       }
       ${others.join('\n')}
     }`,
  )
  const server = await startProgram(
    'nginx',
    ['-p', folder.path, '-c', at('nginx.conf'), '-e', 'stderr'],
    /OS:/,
  )
  return {
    ...{ http, https, doubtful: further },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}
