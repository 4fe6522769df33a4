/** Of a namespace's TCP, since the namespace is there. */
export interface TcpCounts {
  /** Segments sent, those that were sent again excluded. */
  segments: number
  retransmitted: number
}

/**
 * Reads `/proc/net/snmp` (RFC 4022: tcpOutSegs, tcpRetransSegs): a line of names
 * and one of values for each protocol.
 * @throws RangeError where it has no such figure
 */
export function parseTcpCounts(snmp: string): TcpCounts {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(/\s+/))
  const figure = (name: string): number => {
    const value = Number(values[names.indexOf(name)])
    if (!Number.isInteger(value)) throw new RangeError(`/proc/net/snmp has no ${name} of TCP`)
    return value
  }
  return { segments: figure('OutSegs'), retransmitted: figure('RetransSegs') }
}

/**
 * Packets that the chain's only rule has matched, from `iptables -L <chain> -v -x -n`.
 * @throws RangeError where there is no rule that drops
 */
export function parseDropped(listing: string): number {
  const rule = listing.split('\n').find((line) => /^\s*\d+\s+\d+\s+DROP\s/.test(line))
  if (rule === undefined) throw new RangeError('iptables lists no rule that drops')
  return Number(rule.trim().split(/\s+/)[0])
}
