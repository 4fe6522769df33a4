import { describe, expect, it } from 'vitest'
import { said } from '../model/said/said.ts'
import { choosePinning, parseCpuList } from './pinning.ts'

describe('parseCpuList', () => {
  it.each([
    ['0', [0]],
    [' 0,1\n', [0, 1]],
    ['0,2-5', [0, 2, 3, 4, 5]],
    ['', []],
  ])('reads %j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus)
  })
})

describe('choosePinning', () => {
  it('says why there is none on another system', () => {
    expect(choosePinning('darwin')).toEqual({
      pinned: false,
      loadCpu: null,
      endpointCpu: null,
      reason: said('pinningElsewhere', { platform: 'darwin' }),
    })
  })
})
