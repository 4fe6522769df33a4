import { describe, expect, it } from 'vitest'
import { parseDropped, parseTcpCounts } from './packet-counts.ts'

const SNMP = `Ip: Forwarding DefaultTTL InReceives
Ip: 1 64 12
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 7 0 0 0 2 4021 4133 38 0 1 0
Udp: InDatagrams NoPorts
Udp: 0 0
`

const RULES = `Chain INPUT (policy ACCEPT 1234 packets, 98765 bytes)
    pkts      bytes target     prot opt in     out     source               destination
      38     2736 DROP       0    --  device0 *       0.0.0.0/0            0.0.0.0/0            statistic mode random probability 0.02000000002
`

describe('what the kernel counts', () => {
  it('reads segments and retransmissions of TCP', () => {
    expect(parseTcpCounts(SNMP)).toEqual({ segments: 4133, retransmitted: 38 })
  })

  it('reads the packets that the rule has dropped', () => {
    expect(parseDropped(RULES)).toBe(38)
  })

  it('invents nothing', () => {
    expect(() => parseTcpCounts('Ip: a\nIp: 1\n')).toThrow('no OutSegs of TCP')
    expect(() => parseTcpCounts(SNMP.replace('RetransSegs', 'Others'))).toThrow('no RetransSegs')
    expect(() => parseDropped('Chain INPUT (policy ACCEPT)')).toThrow('no rule that drops')
  })
})
