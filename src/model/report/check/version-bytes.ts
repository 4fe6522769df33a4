import { type Said, said } from '../../said/said.ts'
import type { Direction, Layer, Phase } from '../../vocabulary.ts'
import type { BytesResult, Cell } from '../report.ts'

/** What compresses payloads: a compressed size is exact within one version of it. */
export const ZLIB = 'zlib (in Node)'

/**
 * What the same exchange sends on some versions of Node and not on others: every
 * such byte that is known, and nothing else. A report names them, and `check`
 * allows for them between two versions.
 */
export interface VersionBytes {
  /** As reports and baselines call the program whose version decides. */
  readonly program: 'node' | 'openssl' | 'undici (in Node, fetch)'
  readonly has: (version: string) => boolean
  /** Which versions these are. */
  readonly versions: Said
  readonly what: Said
  readonly phase: Phase
  readonly layer: Exclude<Layer, 'network'>
  readonly directions: readonly Direction[]
  readonly per: 'connection' | 'message'
  /** In each direction. */
  readonly bytes: number
  readonly isIn: (cell: Spoken) => boolean
}

/** What of a cell decides whether it can have them. */
interface Spoken extends Pick<Cell, 'protocol' | 'client'> {
  readonly tls: '1.2' | '1.3' | null
}

const OPENSSL = {
  program: 'openssl',
  has: (version) => isBefore(version, '3.5.0'),
  versions: said('oldOpenssl'),
  ...{ phase: 'setup', layer: 'security', directions: ['up'], per: 'connection' },
} as const satisfies Partial<VersionBytes>

const VERSION_BYTES: readonly VersionBytes[] = [
  {
    ...OPENSSL,
    what: said('sendsSuite'),
    bytes: 2,
    isIn: ({ tls }) => tls === '1.3',
  },
  {
    ...OPENSSL,
    what: said('sendsSuiteInstead'),
    bytes: -3,
    isIn: ({ tls }) => tls === '1.2',
  },
  {
    program: 'node',
    has: (version) => isBefore(version, '20.19.3'),
    versions: said('oldNode'),
    what: said('saysGoawayTwice'),
    ...{ phase: 'close', layer: 'control', directions: ['up', 'down'], per: 'connection' },
    bytes: 17,
    isIn: ({ protocol, tls }) => protocol === 'http/2' && tls !== null,
  },
  {
    program: 'undici (in Node, fetch)',
    has: (version) => !isBefore(version, '8.0.0'),
    versions: said('newFetch'),
    what: said('asksForZstd'),
    ...{ phase: 'steady', layer: 'framing', directions: ['up'], per: 'message' },
    bytes: 6,
    isIn: ({ client, protocol, tls }) =>
      client === 'fetch' && protocol === 'http/1.1' && tls !== null,
  },
]

/** Numbers from left to right; what follows them (`3.0.15+quic`) does not count. */
function isBefore(version: string, limit: string): boolean {
  const numbersOf = (text: string): number[] =>
    text.split('.').map((part) => Number.parseInt(part, 10) || 0)
  const own = numbersOf(version)
  for (const [index, least] of numbersOf(limit).entries()) {
    const difference = (own[index] ?? 0) - least
    if (difference !== 0) return difference < 0
  }
  return false
}

/** Which TLS a byte pass spoke, by its first ClientHello; RFC 8446 §4.2.1 has TLS 1.3 name itself in an extension. */
function tlsOf({ exchange }: Pick<BytesResult, 'exchange'>): Spoken['tls'] {
  const hello = exchange.find(({ label }) => label === 'ClientHello')
  if (hello === undefined) return null
  const isNamed = hello.parts.some(({ label }) => label === 'extension supported_versions')
  return isNamed ? '1.3' : '1.2'
}

/** Those that a cell has on one version or another. */
export function versionBytesIn(
  { protocol, client }: Pick<Cell, 'protocol' | 'client'>,
  bytes: Pick<BytesResult, 'exchange'>,
): VersionBytes[] {
  const spoken = { protocol, client, tls: tlsOf(bytes) }
  return VERSION_BYTES.filter((each) => each.isIn(spoken))
}
