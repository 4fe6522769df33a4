import { existsSync } from 'node:fs'
import { InstrumentError, saidOf } from '../../model/errors.ts'
import type { Said } from '../../model/said/said.ts'
import { Namespace } from './namespace.ts'
import {
  createShaperCommands,
  MAX_LINKS,
  type NamespaceLink,
  namespaceLink,
  raiseEndpointCommands,
} from './namespace-link.ts'
import { findNamespacePrograms, type NamespacePrograms } from './programs.ts'

/**
 * Two network namespaces of our own, a device's and an endpoint's, joined by
 * Ethernet links. Nothing else is in them: every packet on a link is of those
 * who were put there. They need no root where the kernel lets users make
 * namespaces, and they go when this process goes.
 */
export class NamespacePair implements AsyncDisposable {
  readonly device: Namespace
  readonly endpoint: Namespace
  readonly links: readonly NamespaceLink[]

  private constructor(device: Namespace, endpoint: Namespace, links: readonly NamespaceLink[]) {
    this.device = device
    this.endpoint = endpoint
    this.links = links
  }

  /**
   * @param links how many links join them, from 1 to 5
   * @throws InstrumentError `namespace-unavailable` with the reason in words
   */
  static async open(links = 1): Promise<NamespacePair> {
    if (links < 1 || links > MAX_LINKS) {
      throw new InstrumentError('internal', `a pair has 1 to ${MAX_LINKS} links, not ${links}`)
    }
    const programs = findNamespacePrograms()
    const device = await openFirst(programs)
    try {
      const endpoint = await Namespace.open(
        [...device.enter, programs.unshare, '-n', ...withSmallTable(programs.unshare)],
        enterLike(device.enter),
      )
      const joined = Array.from({ length: links }, (_, index) => namespaceLink(index))
      const pair = new NamespacePair(device, endpoint, joined)
      try {
        await pair.#join(programs)
        return pair
      } catch (error) {
        await pair[Symbol.asyncDispose]()
        throw error
      }
    } catch (error) {
      await device[Symbol.asyncDispose]()
      throw error
    }
  }

  async #join({ ip }: NamespacePrograms): Promise<void> {
    const versions = existsSync('/proc/net/if_inet6') ? 'ipv4-and-ipv6' : 'ipv4'
    const atDevice = this.links.flatMap((link) =>
      createShaperCommands(link, this.endpoint.pid, versions),
    )
    const atEndpoint = this.links.flatMap((link) => raiseEndpointCommands(link, versions))
    const loopback = 'link set dev lo up'
    const batch = (commands: string[]) => [loopback, ...commands, ''].join('\n')
    await this.device.run(ip, ['-batch', '-'], batch(atDevice))
    await this.endpoint.run(ip, ['-batch', '-'], batch(atEndpoint))
  }

  /** Ends both; processes that still run inside keep theirs until they end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.endpoint[Symbol.asyncDispose]()
    await this.device[Symbol.asyncDispose]()
  }
}

/** Why no pair can be had here, in words; null where one can. */
export async function findNamespaceObstacle(): Promise<Said | null> {
  try {
    const pair = await NamespacePair.open()
    await pair[Symbol.asyncDispose]()
    return null
  } catch (error) {
    return saidOf(error)
  }
}

/**
 * Root makes a namespace as it is; anybody else needs a user namespace around
 * it, in which they are root. So does root in a container that has not the right.
 */
async function openFirst({ unshare, nsenter }: NamespacePrograms): Promise<Namespace> {
  const small = withSmallTable(unshare)
  const asRoot = () =>
    Namespace.open([unshare, '-n', ...small], (pid) => [nsenter, '-t', String(pid), '-n'])
  const asUser = () =>
    Namespace.open([unshare, '-U', '-r', '-n', ...small], (pid) => [
      ...[nsenter, '-t', String(pid), '-U', '-n', '--preserve-credentials'],
    ])
  if (process.getuid?.() !== 0) return asUser()
  return asRoot().catch(asUser)
}

const TABLE_ENTRIES = 16_384
const TABLE = '/proc/sys/net/ipv4/tcp_child_ehash_entries'
const MOST_WAITING = '/proc/sys/net/ipv4/tcp_max_tw_buckets'

/**
 * Makes a namespace within a namespace, with a table of TCP connections of its own.
 * The one that all others share has a place for each 100 KB of the machine's memory,
 * and whoever reads `/proc/net/tcp` goes through all of them: 1.5 ms, more than
 * anything else in a link pass. A small one has its namespace drop connections in
 * TIME-WAIT early, in a run with `--loss` for one: as many may be as elsewhere. Where
 * it cannot be had (Linux before 6.1, settings that may not be written) the namespace
 * stays as it is.
 */
const withSmallTable = (unshare: string): readonly string[] => {
  const inside = `{ echo "$0" >${MOST_WAITING}; } 2>/dev/null; exec "$@"`
  const script = `
    { most=$(cat ${MOST_WAITING}) && echo ${TABLE_ENTRIES} >${TABLE}; } 2>/dev/null || exec "$@"
    exec "$0" -n sh -c '${inside}' "$most" "$@"`
  return ['sh', '-c', script, unshare]
}

/** The same way in, to another process's namespace. */
const enterLike =
  ([nsenter = '', target = '', , ...rest]: readonly string[]) =>
  (pid: number): readonly string[] => [nsenter, target, String(pid), ...rest]
