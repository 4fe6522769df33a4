import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { TargetPlace } from '../../model/report/target-kind.ts'

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3; and the mapped form of the first, RFC 4291 §2.5.5.2. */
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

export type ResolveHost = (host: string) => Promise<readonly string[]>

const resolveHost: ResolveHost = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address)

/**
 * Where a host is. A name that leads to several addresses is on this machine
 * only if all of them are; one that leads nowhere counts as elsewhere, since
 * it is not known not to be.
 * @param host a name or an address, an IPv6 address without brackets
 */
export async function locateHost(
  host: string,
  resolve: ResolveHost = resolveHost,
): Promise<TargetPlace> {
  let addresses: readonly string[]
  try {
    addresses = isIP(host) === 0 ? await resolve(host) : [host]
  } catch {
    return 'elsewhere'
  }
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []),
  )
  const isHere = (address: string): boolean =>
    own.has(address) || LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return addresses.length > 0 && addresses.every(isHere) ? 'this-machine' : 'elsewhere'
}
