import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CertificateFiles {
  readonly key: string
  readonly certificate: string
}

/**
 * A certificate authority of openssl's making: what it signs, and by whom, shares
 * no code with the certificates that endpoints make for themselves.
 */
export class Authority {
  readonly #folder: string
  readonly #name: string
  /** The file of its own certificate. */
  readonly certificate: string

  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
    this.certificate = this.#at('ca.pem')
    openssl(
      ...['req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', this.#at('ca.key'), '-out', this.certificate],
    )
  }

  /** @param from `days`, relative to now, of its end: a negative one has expired */
  sign(subject: string, names: string, days = 2): CertificateFiles {
    const [key, request] = [this.#at(`${subject}.key`), this.#at(`${subject}.csr`)]
    const certificate = this.#at(`${subject}.pem`)
    const extensions = this.#at(`${subject}.ext`)
    writeFileSync(extensions, `subjectAltName=${names}\n`)
    openssl(
      ...['req', '-new', '-newkey', 'ed25519', '-nodes', '-subj', `/CN=${subject}`],
      ...['-keyout', key, '-out', request],
    )
    openssl(
      ...['x509', '-req', '-in', request, '-CA', this.certificate, '-CAkey', this.#at('ca.key')],
      ...['-CAcreateserial', '-days', String(days), '-extfile', extensions, '-out', certificate],
    )
    return { key, certificate }
  }

  #at(file: string): string {
    return join(this.#folder, `${this.#name}-${file}`)
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
