import { SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
/** Of a namespace's TCP, since the namespace is there. */
export interface TcpCounts {
  /** Segments sent, those that were sent again excluded. */
  segments: number
  retransmitted: number
}

/**
 * Reads `/proc/net/snmp` (RFC 4022: tcpOutSegs, tcpRetransSegs): a line of names
 * and one of values for each protocol.
 * @throws SaidError where it has no such figure
 */
export function parseTcpCounts(snmp: string): TcpCounts {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(/\s+/))
  const figure = (name: string): number => {
    const value = Number(values[names.indexOf(name)])
    if (!Number.isInteger(value)) throw new SaidError(said('noTcpFigure', { name }))
    return value
  }
  return { segments: figure('OutSegs'), retransmitted: figure('RetransSegs') }
}

/**
 * Packets that the chain's only rule has matched, from `iptables -L <chain> -v -x -n`.
 * @throws SaidError where there is no rule that drops
 */
export function parseDropped(listing: string): number {
  const rule = listing.split('\n').find((line) => /^\s*\d+\s+\d+\s+DROP\s/.test(line))
  if (rule === undefined) throw new SaidError(said('noDropRule'))
  return Number(rule.trim().split(/\s+/)[0])
}
