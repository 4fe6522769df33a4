import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../model/errors.ts'
import { saidText } from '../model/said/said.ts'
import {
  adviceForFiles,
  areFilesScarce,
  describeShortage,
  explainShortage,
  parseFileLimit,
} from './open-files.ts'

const LIMITS = [
  'Limit                     Soft Limit           Hard Limit           Units     ',
  'Max processes             96364                96364                processes ',
  'Max open files            256                  1024                 files     ',
].join('\n')

const system = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code })

describe('the limit of open files', () => {
  it.each([
    [LIMITS, 256],
    [LIMITS.replace('256 ', 'unlimited '), null],
    ['', null],
  ])('is read', (text, limit) => expect(parseFileLimit(text)).toBe(limit))

  it('is told with what to do', () => {
    expect(saidText(adviceForFiles(256))).toBe(
      'too many open files (this process may open 256): raise it with ulimit -n 4096, or use fewer subscribers or connections',
    )
    expect(saidText(adviceForFiles(20_000))).toContain('ulimit -n 80000,')
    expect(saidText(adviceForFiles(null))).toContain('too many open files: raise it')
  })

  it.each([
    system('EMFILE'),
    new AggregateError([system('ECONNREFUSED'), system('EMFILE')]),
    new InstrumentError('connection', 'the relay cannot listen', { cause: system('EMFILE') }),
  ])('is found in an error', (error) => {
    expect(saidText(describeShortage(error) ?? '')).toMatch(/^too many open files .*ulimit -n/)
    expect(explainShortage(error)).toMatchObject({ code: 'connection', cause: error })
  })

  it('of the machine is another', () =>
    expect(saidText(describeShortage(system('ENFILE')) ?? '')).toContain('fs.file-max'))

  it.each([system('ECONNREFUSED'), 'EMFILE', null])('is not found in %s', (error) => {
    expect(describeShortage(error)).toBeNull()
    expect(explainShortage(error)).toBe(error)
  })

  it.skipIf(process.platform !== 'linux')('may be near', () => {
    expect(areFilesScarce(10)).toBe(true)
    expect(areFilesScarce(1_000_000)).toBe(false)
    expect(areFilesScarce(null)).toBe(false)
  })
})
