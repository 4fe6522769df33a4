import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Said, said } from '../../../model/said/said.ts'
import { installLine } from '../../../system/install-line.ts'

/** The example programs of libcoap, built with GnuTLS; Debian calls them so. */
const NAMES = ['coap-client-gnutls', 'coap-server-gnutls'] as const

const install = (): Said => installLine({ apt: 'libcoap3-bin' })

export interface LibcoapPrograms {
  readonly client: string
  readonly server: string
  /** As the client says itself: `4.3.1`. */
  readonly version: string
  /** Of the library that speaks DTLS: `3.7.9`. */
  readonly gnutls: string
}

/** The libcoap of this machine, or why there is none that can be used. */
export async function findLibcoap(): Promise<LibcoapPrograms | { readonly missing: Said }> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const folder of folders) {
    const [client, server] = NAMES.map((name) => join(folder, name)) as [string, string]
    if (!(await isProgram(client)) || !(await isProgram(server))) continue
    // It tells its version with its usage, and ends with a status that says wrong usage.
    const usage = await new Promise<string>((resolve) => {
      execFile(client, ['-?'], { timeout: 5_000 }, (_error, out, err) => resolve(out + err))
    })
    const [, version] = / v(\d+\.\d+\.\d+)/.exec(usage) ?? []
    const [, gnutls] = /GnuTLS - runtime (\S+),/.exec(usage) ?? []
    if (version !== undefined && gnutls !== undefined) return { client, server, version, gnutls }
  }
  return {
    missing: said('noLibcoap', { programs: [...NAMES], install: install() }),
  }
}

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

/**
 * What both ends prove themselves with: RFC 7252 §9.1.3.1. It is the same
 * everywhere and no secret: the endpoint is there for this run, on loopback.
 */
export const PRE_SHARED_KEY = 'mqtt-vs-http-psk'

/** For GNUTLS_SYSTEM_PRIORITY_FILE (GnuTLS, "Overriding algorithms"). */
export const PRIORITY_FILE = 'priorities'

/**
 * Leaves TLS_PSK_WITH_AES_128_CCM_8 alone, the one suite that RFC 7252 §9.1.3.1
 * asks of every device: by itself libcoap agrees with itself on ECDHE-PSK with
 * ChaCha20-Poly1305, which few devices have.
 */
export const PRIORITIES = [
  '[overrides]',
  ...['ECDHE-PSK', 'DHE-PSK', 'RSA-PSK', 'RSA', 'ECDHE-RSA', 'ECDHE-ECDSA', 'DHE-RSA'].map(
    (kx) => `tls-disabled-kx = ${kx}`,
  ),
  ...[
    ...['CHACHA20-POLY1305', 'AES-256-GCM', 'AES-128-GCM', 'AES-256-CCM', 'AES-128-CCM'],
    ...['AES-256-CBC', 'AES-128-CBC', 'AES-256-CCM-8', 'CAMELLIA-256-GCM', 'CAMELLIA-128-GCM'],
    ...['CAMELLIA-256-CBC', 'CAMELLIA-128-CBC', '3DES-CBC', 'ARCFOUR-128'],
  ].map((cipher) => `tls-disabled-cipher = ${cipher}`),
  '',
].join('\n')
