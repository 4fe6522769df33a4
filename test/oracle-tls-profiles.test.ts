import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import type { BytesResult } from '../src/model/report/report.ts'
import { saidText } from '../src/model/said/said.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { refusedGroup, type TlsAgreement } from '../src/model/tls/agreement.ts'
import type { TlsProfile } from '../src/model/tls/profile.ts'
import { TLS_PROFILES, type TlsProfileId, tlsProfileOf } from '../src/model/tls/profiles.ts'
import { createTlsIdentity } from '../src/transports/tls/certificate.ts'
import { opensslName } from '../src/transports/tls/profile-options.ts'
import { SHARED_KEY } from '../src/transports/tls/shared-key.ts'
import { plainPass } from './support/byte-pass.ts'
import { CapturedConnections, sumOf } from './support/captured-connections.ts'
import {
  BYTES_ONLY,
  hasTool,
  readReport,
  root,
  startCommand,
  temporaryFolder,
} from './support/command.ts'
import { newerNode } from './support/newer-node.ts'
import { nginx } from './support/odd-servers/kit.ts'
import { freePort } from './support/programs.ts'

/**
 * Every TLS profile against servers that share no code with the instrument: what
 * the ledger has is what tcpdump reads from the kernel and, record by record, what
 * `openssl s_server` says that it read and wrote; what was agreed is what nginx says.
 */

const HAS_TOOLS = ['openssl', 'nginx', 'tcpdump'].every(hasTool)
/** Debian's OpenSSL 3.0 has no hybrid, nor has Node 20: that is for `newerNode`. */
const SPOKEN = TLS_PROFILES.filter(({ needs }) => needs === undefined)

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

interface Identity {
  readonly files: Record<'key' | 'chain' | 'issuers', string> | null
  /** PEM of what to trust. */
  readonly certificate: string | null
}

/** What an endpoint of ours would prove itself with, in files. */
async function identityOf(profile: TlsProfile): Promise<Identity> {
  const { key, chain, certificate } = await createTlsIdentity(profile)
  if (key === undefined || chain === undefined || certificate === undefined) {
    return { files: null, certificate: null }
  }
  const written = (name: string, text: string): string => {
    const file = join(folder.path, `${profile.id}.${name}`)
    writeFileSync(file, text)
    return file
  }
  const end = '-----END CERTIFICATE-----\n'
  return {
    files: {
      key: written('key', key),
      chain: written('pem', chain),
      issuers: written('issuers', chain.slice(chain.indexOf(end) + end.length)),
    },
    certificate,
  }
}

/** One POST on a connection of its own. */
function post(id: TlsProfileId, port: number, certificate: string | null) {
  const scenario = scenarioSchema.parse({
    ...{ name: 'one', title: 'one', messages: 1, payload: { text: '{ "temp": 25 }' }, tls: id },
  })
  const address = `https://127.0.0.1:${port}/`
  return runBytePass(plainPass({ transport: 'https1-close', scenario, address, certificate }))
}

async function measure(id: TlsProfileId, port: number, certificate: string | null) {
  const capture = await CapturedConnections.start(port)
  const { bytes, failure } = await post(id, port, certificate)
  expect(failure).toBeNull()
  return { bytes: bytes as BytesResult, captured: await capture.stop(1) }
}

/** `openssl s_server` that answers one request, and writes down every record. */
class SpeakingServer {
  readonly #child: ChildProcess
  readonly #log: string
  readonly port: number
  said = ''

  private constructor(child: ChildProcess, port: number, log: string) {
    this.#child = child
    this.#log = log
    this.port = port
  }

  static async start(
    profile: TlsProfile,
    { files }: Identity,
    ...more: readonly string[]
  ): Promise<SpeakingServer> {
    const port = await freePort()
    const log = join(folder.path, `${profile.id}.log`)
    const proof =
      files === null
        ? ['-nocert', '-psk', SHARED_KEY.toString('hex'), '-psk_identity', identityIn(profile)]
        : ['-key', files.key, '-cert', files.chain, ...issuersOf(profile, files)]
    const suites = profile.version === '1.2' ? ['-cipher', `${suitesOf(profile)}:@SECLEVEL=0`] : []
    const child = spawn('openssl', [
      ...['s_server', '-accept', `127.0.0.1:${port}`, '-naccept', '1', '-msg', '-msgfile', log],
      ...[...proof, ...suites, ...more],
    ])
    const server = new SpeakingServer(child, port, log)
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        server.said += chunk
        if (server.said.includes('ACCEPT')) resolve()
        if (server.said.endsWith('{ "temp": 25 }')) {
          child.stdin.write('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n')
        }
      })
      child.once('close', () => reject(new Error(`openssl did not start: ${server.said}`)))
    })
    return server
  }

  /** The bytes of all records, as it read and wrote them, header and all. */
  async records(): Promise<{ up: number; down: number }> {
    if (this.#child.exitCode === null) await once(this.#child, 'close')
    const sum = { up: 0, down: 0 }
    const header = /^(<<<|>>>) .*RecordHeader \[length 0005\]\n {4}(?:[\da-f]{2} ){3}(.{5})$/gm
    for (const [, side, length = ''] of readFileSync(this.#log, 'utf8').matchAll(header)) {
      sum[side === '<<<' ? 'up' : 'down'] += 5 + Number.parseInt(length.replace(' ', ''), 16)
    }
    return sum
  }
}

const issuersOf = ({ proof }: TlsProfile, { issuers }: { issuers: string }): string[] =>
  proof.kind === 'certificate' && proof.chainBytes.length > 1 ? ['-cert_chain', issuers] : []
const suitesOf = ({ suites }: TlsProfile): string => suites.map(opensslName).join(':')
const identityIn = ({ proof }: TlsProfile): string =>
  proof.kind === 'shared-key' ? proof.identity : ''

describe.skipIf(!HAS_TOOLS)('what a TLS profile costs', () => {
  it.each(SPOKEN)('$id: is what openssl s_server and tcpdump count', async (profile) => {
    const identity = await identityOf(profile)
    const server = await SpeakingServer.start(profile, identity)
    const id = profile.id as TlsProfileId
    const { bytes, captured } = await measure(id, server.port, identity.certificate)
    expect(bytes.totals).toEqual({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') })
    expect(bytes.totals).toEqual(await server.records())
    expect(server.said).toContain(`CIPHER is ${opensslName(bytes.tls?.suite ?? '')}`)
    expect(bytes.tls).toMatchObject(agreementOf(profile))
  })

  it('device-1.2: takes P-256 where the server has no X25519, and is marked', async () => {
    const profile = tlsProfileOf({ tls: 'device-1.2' })
    const identity = await identityOf(profile)
    const server = await SpeakingServer.start(profile, identity, '-groups', 'P-256')
    const { bytes, captured } = await measure(profile.id, server.port, identity.certificate)
    expect(bytes.totals).toEqual({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') })
    expect(bytes.totals).toEqual(await server.records())
    expect(bytes.tls).toMatchObject({ ...agreementOf(profile), group: 'secp256r1' })
    expect(refusedGroup(bytes.tls as TlsAgreement)).toBe('X25519')
  })

  it('device-1.2: is told that the server may ask for a certificate of its own', async () => {
    const profile = tlsProfileOf({ tls: 'device-1.2' })
    const identity = await identityOf(profile)
    const server = await SpeakingServer.start(profile, identity, '-Verify', '1')
    const { failure } = await post(profile.id, server.port, identity.certificate)
    expect(failure && saidText(failure.message)).toMatch(
      /or asks for a certificate of the client \(ERR_SSL_[\w/]+\); give one with --cert FILE and --key FILE/,
    )
  })

  it.each(SPOKEN.filter(({ proof }) => proof.kind === 'certificate'))(
    '$id: is what tcpdump counts before nginx, which agrees on the same',
    async (profile) => {
      const { files, certificate } = await identityOf(profile)
      await using server = await nginx(`listen 127.0.0.1:PORT ssl;
        ssl_certificate ${files?.chain}; ssl_certificate_key ${files?.key};
        ssl_protocols TLSv1.2 TLSv1.3; keepalive_timeout 0;
        location / { add_header Agreed "$ssl_protocol $ssl_cipher $ssl_curve"; return 204; }`)
      const id = profile.id as TlsProfileId
      const { bytes, captured } = await measure(id, server.port, certificate)
      expect(bytes.totals).toEqual({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') })
      const { version, group, suite = '' } = bytes.tls ?? {}
      const agreed = `${version?.replace('TLS ', 'TLSv')} ${opensslName(suite)} ${group}`
      const answer = bytes.exchange.flatMap(({ parts }) => parts.map(({ text }) => text ?? ''))
      expect(answer.join()).toContain(agreed)
      expect(bytes.tls).toMatchObject(agreementOf(profile))
    },
  )
})

const NEWER_NODE = newerNode()

describe.skipIf(!HAS_TOOLS || NEWER_NODE === null)('the hybrid key exchange', () => {
  const profile = tlsProfileOf({ tls: 'browser-2026' })

  /** The whole command on a Node that has it, with one POST. */
  async function run(port: number) {
    const capture = await CapturedConnections.start(port)
    const out = join(folder.path, String(port))
    const { code, stdout, stderr } = await startCommand(
      [
        ...['run', 'json', '-t', 'https1-close', '--tls', profile.id, ...BYTES_ONLY],
        ...['--messages', '1', '--http-url', `https://localhost:${port}/`],
        ...['--ca', join(folder.path, `${profile.id}.pem`), '--out', out, '--full'],
      ],
      { node: NEWER_NODE as string },
    ).ended
    expect(code, stderr).toBe(0)
    const [cell] = readReport(out).cells
    const bytes = cell?.status === 'measured' ? cell.bytes : null
    // HTTP asks first whether it gets there at all, which is no part of what is measured.
    const captured = await capture.stop(1)
    return { bytes, captured, stdout }
  }

  it('is what tcpdump counts before a Node that takes it, 1,216 bytes up and 1,120 down', async () => {
    const { files } = await identityOf(profile)
    const options = { protocol: 'http/1.1', after: 0, how: 'silent' }
    const server = fork(
      join(root, 'test/support/odd-servers/closing.mjs'),
      [JSON.stringify({ ...options, key: files?.key, certificate: files?.chain })],
      { execPath: NEWER_NODE as string },
    )
    const [{ port }] = (await once(server, 'message')) as [{ port: number }]
    try {
      const { bytes, captured, stdout } = await run(port)
      expect(bytes?.totals).toEqual({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') })
      expect(stdout).toContain('browser-2026: TLS 1.3, X25519MLKEM768')
      const keyShares = bytes?.exchange.flatMap(({ parts }) =>
        parts.filter(({ label }) => label === 'extension key_share'),
      )
      // draft-ietf-tls-ecdhe-mlkem §4: a key of ML-KEM-768 up, what it encapsulates down. Around
      // them: type and length of the extension, a length of the list, of each its group and length.
      expect(keyShares?.map(({ lengthBytes, text }) => [lengthBytes, text])).toEqual([
        [
          4 + 2 + (4 + 1_184 + 32) + (4 + 32),
          'X25519MLKEM768 (1,184 ML-KEM + 32 X25519), X25519 (32)',
        ],
        [4 + (4 + 1_088 + 32), 'X25519MLKEM768 (1,088 ML-KEM + 32 X25519)'],
      ])
    } finally {
      server.kill()
    }
  })

  it('is marked where the server does not take it', async () => {
    const server = await SpeakingServer.start(profile, await identityOf(profile))
    const { bytes, captured, stdout } = await run(server.port)
    expect(bytes?.totals).toEqual({ up: sumOf(captured, 'up'), down: sumOf(captured, 'down') })
    expect(bytes?.totals).toEqual(await server.records())
    expect(bytes?.tls).toMatchObject({ ...agreementOf(profile), group: 'X25519' })
    expect(stdout.replace(/\s+/g, ' ')).toContain('the server did not take X25519MLKEM768')
  })
})

/** What has to be agreed on with a server that takes everything, and prefers what the client does. */
const agreementOf = ({ id, version, groups, proof }: TlsProfile) => ({
  profile: id,
  version: `TLS ${version}`,
  group: groups[0] ?? null,
  certificateBytes: proof.kind === 'certificate' ? proof.chainBytes : [],
})
