import { describe, expect, it } from 'vitest'
import type { TapOptions } from './options.ts'
import { planMetrics, planTap } from './tap.ts'
import { planKeep } from './tap-rotation.ts'

const GIVEN: TapOptions = {
  listen: '1884',
  to: 'broker:1883',
  pcap: undefined,
  'pcap-limit': undefined,
  for: undefined,
  connections: undefined,
}

describe('the plan of a tap', () => {
  it('listens on loopback unless a host is named, and goes on for ever', () => {
    expect(planTap(GIVEN)).toEqual({
      carrier: 'tcp',
      listen: { address: '127.0.0.1', port: 1884 },
      target: { address: 'broker', port: 1883 },
      forMs: null,
      connections: null,
      capture: null,
      meter: null,
      rotation: null,
      only: { host: null, protocol: null },
    })
  })

  it('takes all that can be said', () => {
    const all = {
      listen: '[::]:0',
      to: '[2001:db8::1]:80',
      for: '5min',
      connections: 3,
      pcap: 'a.pcapng',
      'pcap-limit': 10_000,
      host: '192.0.2.7',
      protocol: 'mqtt',
      metrics: '9464',
      topics: ['plant/+/temp'],
    }
    expect(planTap({ ...GIVEN, ...all })).toEqual({
      carrier: 'tcp',
      listen: { address: '::', port: 0 },
      target: { address: '2001:db8::1', port: 80 },
      forMs: 300_000,
      connections: 3,
      capture: { path: 'a.pcapng', limitBytes: 10_000 },
      meter: { topics: ['plant/+/temp'], held: null, periods: false },
      rotation: null,
      only: { host: '192.0.2.7', protocol: 'mqtt' },
    })
    expect(planTap({ ...GIVEN, pcap: 'a' }).capture?.limitBytes).toBe(2 ** 30)
  })

  it.each([
    [
      { listen: 'x' },
      '--listen: "x" is neither a port nor HOST:PORT; give one like 1884, 0.0.0.0:1884 or [::1]:1884',
    ],
    [{ listen: '70000' }, /^--listen: "70000" is neither/],
    [
      { to: '1883' },
      '--to: "1883" is not HOST:PORT; give one like broker:1883 or [2001:db8::1]:1883',
    ],
    [{ to: 'broker:0' }, /^--to: "broker:0" is not/],
    [{ to: 'mqtt://broker:1883' }, /^--to: /],
    [{ to: 'udp:broker:1883' }, '--to: is udp: and --listen is not; write udp: before both'],
    [{ listen: 'udp:5683', connections: 1 }, '--connections: datagrams have none; give --for'],
    [{ listen: 'udp:5683', pcap: 'a' }, /^--pcap: is made of streams alone/],
    [{ rotate: '1x' }, /^--rotate: "1x" is neither a time from 1s on nor a size/],
    [{ topics: ['a'] }, '--topics: is told by --metrics; give that too'],
    [{ metrics: '0', topics: ['a/#/b'] }, /^--topics: "a\/#\/b" is no pattern/],
    [{ metrics: '0', topics: Array(101).fill('a') }, /^--topics: 101 patterns are more/],
    [{ to: 'localhost:1884' }, /^--to: is the place where the tap itself listens, port 1884/],
    [{ listen: '0.0.0.0:1884', to: '127.0.0.1:1884' }, /^--to: is the place where the tap itself/],
    [{ listen: 'h:1', to: 'h:1' }, /^--to: is the place where the tap itself/],
    [{ for: '5' }, /^--for: "5" is no duration/],
    [{ for: '0s' }, /^--for: /],
    [{ for: '99999999min' }, /^--for: /],
    [{ connections: 0 }, '--connections: 0 is no whole number from 1 on; give one'],
    [{ connections: 1.5 }, /^--connections: 1.5/],
    [{ connections: Number.NaN }, /^--connections: NaN/],
    [{ pcap: 'a', 'pcap-limit': 10 }, /^--pcap-limit: 10 is no whole number from 4096 on/],
    [{ 'pcap-limit': 10_000 }, '--pcap-limit: bounds a capture; give --pcap FILE with it'],
  ])('refuses %j', (change, message) => {
    expect(() => planTap({ ...GIVEN, ...change })).toThrow(message)
  })

  it('serves figures on loopback unless a host is named', () => {
    expect(planMetrics(GIVEN)).toBeNull()
    expect(planMetrics({ ...GIVEN, metrics: '0' })).toEqual({ address: '127.0.0.1', port: 0 })
    expect(() => planMetrics({ ...GIVEN, metrics: 'x' })).toThrow(
      /^--metrics: "x" is neither .* like 9464/,
    )
  })

  it('rotates by time or by size, and keeps by number or by size', () => {
    const rotated = (rotate: string) => planTap({ ...GIVEN, rotate }).rotation
    expect(rotated('1h')).toEqual({ everyMs: 3_600_000, everyBytes: null })
    expect(rotated('1.5MB')).toEqual({ everyMs: null, everyBytes: 1_500_000 })
    const kept = (keep: string) => planKeep({ ...GIVEN, rotate: '1d', keep })
    expect(kept('168')).toEqual({ count: 168, bytes: null })
    expect(kept('10GB')).toEqual({ count: null, bytes: 1e10 })
    expect(() => kept('0')).toThrow(/^--keep: "0" is neither a number nor a size/)
    expect(() => planKeep({ ...GIVEN, keep: '1' })).toThrow(/^--keep: is of what --rotate leaves/)
  })
})
