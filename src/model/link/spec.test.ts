import { describe, expect, it } from 'vitest'
import { describeError } from '../errors.ts'
import { queueBytes } from './profile.ts'
import { LINK_PROFILES } from './profiles.ts'
import { parseLink } from './spec.ts'

describe('--link', () => {
  it.each(LINK_PROFILES.map(({ name }) => [name]))('knows %s, however it is written', (name) => {
    expect(parseLink(name).name).toBe(name)
    expect(parseLink(` ${name.toLowerCase()} `).name).toBe(name)
  })

  // Of the sources that the profiles name.
  it.each([
    ['3G', 300, 1_600_000, 768_000],
    ['3GFast', 150, 1_600_000, 768_000],
    ['3GSlow', 400, 400_000, 400_000],
    ['Edge', 840, 240_000, 200_000],
    ['2G', 800, 280_000, 256_000],
    ['Cable', 28, 5_000_000, 1_000_000],
    ['Slow4G', 150, 1_600_000, 750_000],
    ['2GRural', 1_300, 20_000, 18_000],
  ])('%s has the figures that were published', (name, rttMs, downBitsPerS, upBitsPerS) => {
    expect(parseLink(name)).toMatchObject({ rttMs, downBitsPerS, upBitsPerS, jitterMs: 0 })
  })

  it('names a source for every figure', () => {
    for (const { publisher, source } of LINK_PROFILES) {
      expect([publisher, source].join()).toMatch(/^\w.*,.{10}/)
    }
  })

  it('takes figures of one’s own, in any order, and names the link by them', () => {
    expect(parseLink('up=768kbit, rtt=0.3s,down=1.6mbit,jitter=20ms,queue=64kb')).toMatchObject({
      name: 'rtt=0.3s,down=1.6mbit,up=768kbit,jitter=20ms,queue=64kb',
      ...{ rttMs: 300, downBitsPerS: 1_600_000, upBitsPerS: 768_000, jitterMs: 20 },
      queue: { kind: 'bytes', bytes: 64_000 },
    })
    expect(parseLink('rtt=0')).toMatchObject({ rttMs: 0, downBitsPerS: null, upBitsPerS: null })
    expect(parseLink('rtt=1s,queue=200ms').queue).toEqual({ kind: 'time', ms: 200 })
  })

  it.each([
    ['3GFsat', '--link: unknown profile 3GFsat; did you mean 3GFast?'],
    ['wifi', '--link: unknown profile wifi; known: Cable, Satellite, Slow4G'],
    ['down=1mbit', '--link: rtt is missing, as in rtt=300ms,'],
    ['rtt=300', '--link: rtt=300 is no duration up to 10 s, such as 300ms'],
    ['rtt=11s', '--link: rtt=11s is no duration up to 10 s'],
    ['rtt=1s,dwon=1mbit', '--link: unknown key "dwon"; did you mean down?'],
    ['rtt=1s,down=1.6m', '--link: down=1.6m is no rate of at least 1kbit, such as 768kbit'],
    ['rtt=1s,down=0kbit', '--link: down=0kbit is no rate'],
    ['rtt=1s,rtt=2s', '--link: rtt is given twice'],
    ['rtt=100ms,jitter=60ms', '--link: jitter=60ms is more than the delay of one way, 50 ms'],
    ['rtt=100ms,queue=0', '--link: queue=0 is neither bytes nor a duration'],
  ])('refuses %s in one line', (text, expected) => {
    const refusal = (): string => {
      try {
        parseLink(text)
      } catch (error) {
        return describeError(error)
      }
      return 'it was taken'
    }
    expect(refusal()).toContain(expected)
  })

  it.each([
    ['one RTT of its rate', '3G', 60_000],
    ['ten full packets, where that is more', '2GRural', 15_000],
    ['what it sends in the time asked for', 'rtt=1s,down=800kbit,queue=50ms', 5_000],
    ['the bytes asked for', 'rtt=1s,down=800kbit,queue=700', 700],
    ['without end where there is no rate', 'rtt=1s', Number.POSITIVE_INFINITY],
  ])('queues %s', (_what, text, expected) => {
    const profile = parseLink(text)
    expect(queueBytes(profile, profile.downBitsPerS)).toBe(expected)
  })
})
