import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTapFile } from './tap-file.ts'
import { planTaps } from './tap-pairs.ts'

const folder = mkdtempSync(join(tmpdir(), 'taps-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'plant.yaml')

async function planFile(text: string) {
  writeFileSync(file, text)
  return planTaps(await readTapFile(file, {}))
}

describe('several taps in one process', () => {
  it('are paired in order, each with a folder and a capture of its own', () => {
    const { pairs } = planTaps({
      listen: ['1884', '0.0.0.0:80', 'udp:0', 'udp:0'],
      to: ['broker:1883', 'web:80', 'a:5683', 'b:5683'],
    })
    expect(pairs.map((pair) => [pair.folder, pair.plan.target.address])).toEqual([
      ['1884', 'broker'],
      ['0.0.0.0-80', 'web'],
      ['udp-0', 'a'],
      ['udp-0-2', 'b'],
    ])
    const listen = ['1884', '1885']
    const captured = planTaps({ listen, to: ['a:1', 'b:2'], pcap: 'x/p.pcapng' }).pairs
    expect(captured.map(({ plan }) => plan.capture?.path)).toEqual([
      ...['x/p-1884.pcapng', 'x/p-1885.pcapng'],
    ])
  })

  it('are one without a folder, where it is the only one', () => {
    const { pairs } = planTaps({ listen: ['1884'], to: ['broker:1883'], pcap: 'p.pcapng' })
    expect(pairs.map((pair) => [pair.folder, pair.plan.capture?.path])).toEqual([
      [null, 'p.pcapng'],
    ])
  })

  it.each([
    [{}, 'tap: give --listen and --to, or a file that has them'],
    [{ listen: ['1', '2'], to: ['a:1'] }, /^--to: 1 for 2 of --listen; give one for each/],
    [{ listen: ['1', 'x'], to: ['a:1', 'b:2'] }, /^--listen: "x" is neither/],
  ])('%j is refused', (given, message) => {
    expect(() => planTaps(given)).toThrow(message)
  })
})

describe('a file of taps', () => {
  it('has what the flags have, for all or for one; paths are relative to it', async () => {
    const { pairs, metrics, keep } = await planFile(
      [
        ...['metrics: 9464', 'rotate: 1h', 'keep: 168', 'topics: [plant/#]', 'taps:'],
        ...['  - listen: 1884', '    to: broker:1883', '    pcap: plant.pcapng'],
        ...['  - { listen: "0.0.0.0:8080", to: "web:80", topics: [] }'],
      ].join('\n'),
    )
    expect(metrics?.port).toBe(9464)
    expect(keep).toEqual({ count: 168, bytes: null })
    expect(pairs.map(({ plan }) => plan.meter?.topics)).toEqual([['plant/#'], []])
    const paths = pairs.map(({ plan }) => plan.capture?.path)
    expect(paths).toEqual([join(folder, 'plant.pcapng'), undefined])
  })

  it.each([
    ['taps: []', 'taps: must have at least 1 entry'],
    ['taps: [{ listen: 1 }]', 'taps[0].to: is missing'],
    ['taps: [{ lisen: 1, to: "a:1" }]', 'taps[0].lisen: unknown key; did you mean listen?'],
    ['taps: [{ listen: 1, to: a }]', 'taps[0].to: "a" is not HOST:PORT'],
    ['keep: 3\ntaps: [{ listen: 1, to: "a:1" }]', 'keep: is of what --rotate leaves'],
    ['rotate: 1x\ntaps: [{ listen: 1, to: "a:1" }]', 'rotate: "1x" is neither a time'],
    ['taps: [', ':1: is not YAML'],
  ])('%j is refused in one line with its key', async (text, message) => {
    const refusal = await planFile(text).catch((error: Error) => error.message)
    expect(refusal).toContain(message)
    expect(refusal).toMatch(/^\S*plant\.yaml:.*$/)
  })

  it('is not there, or has what is said as a flag too', async () => {
    await expect(readTapFile(join(folder, 'no.yaml'), {})).rejects.toThrow(
      /no\.yaml: cannot be read/,
    )
    await expect(readTapFile(file, { rotate: '1h' })).rejects.toThrow(/^--rotate: is a key of /)
  })
})
