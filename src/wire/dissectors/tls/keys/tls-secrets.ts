/** Comments and empty lines are none. */
const KEY_LOG_LINE = /^(\w+) ([0-9a-f]{64}) ([0-9a-f]+)$/i

/**
 * The secrets of TLS connections that this process opened itself, as their
 * sockets tell them (`keylog`, the SSLKEYLOGFILE form: label, client random,
 * secret, RFC 9850). With them a tap reads records that it could otherwise only
 * count. They stay in memory, and end with the byte pass that they belong to.
 */
export class TlsSecrets {
  readonly #secrets = new Map<string, Buffer>()
  readonly #watchers = new Set<() => void>()
  #wasFound = false

  get size(): number {
    return this.#secrets.size
  }

  /** Whether any of them was one that somebody looked for. */
  get wasFound(): boolean {
    return this.#wasFound
  }

  /** @param line `CLIENT_TRAFFIC_SECRET_0 <client random, hex> <secret, hex>` */
  readonly learn = (line: string): void => {
    const [, label, clientRandom, secret] = KEY_LOG_LINE.exec(line.trim()) ?? []
    if (label === undefined || clientRandom === undefined || secret === undefined) return
    this.#secrets.set(`${label} ${clientRandom.toLowerCase()}`, Buffer.from(secret, 'hex'))
    for (const watcher of this.#watchers) watcher()
  }

  /** @param clientRandom 32 bytes, from ClientHello; null where it is not known (yet) */
  find(label: string, clientRandom: Uint8Array): Buffer | null {
    const key = `${label} ${Buffer.from(clientRandom).toString('hex')}`
    const secret = this.#secrets.get(key) ?? null
    this.#wasFound ||= secret !== null
    return secret
  }

  /**
   * Calls back after each secret that is learnt: the socket of a client tells it
   * after the bytes have passed.
   * @returns ends it
   */
  watch(onLearned: () => void): () => void {
    this.#watchers.add(onLearned)
    return () => this.#watchers.delete(onLearned)
  }
}
