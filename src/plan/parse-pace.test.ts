import { describe, expect, it } from 'vitest'
import { parsePace } from './parse-pace.ts'

describe('parsePace', () => {
  it.each([
    ['1000', { kind: 'constant', perS: 1_000 }],
    ['0.5', { kind: 'constant', perS: 0.5 }],
    ['poisson:1000', { kind: 'poisson', perS: 1_000, seed: 7 }],
    ['ramp:100..5000', { kind: 'ramp', fromPerS: 100, toPerS: 5_000 }],
    ['ramp:5000..0.5', { kind: 'ramp', fromPerS: 5_000, toPerS: 0.5 }],
  ])('reads %s', (text, pace) => expect(parsePace(text, 7)).toEqual(pace))

  it.each([
    '',
    '0',
    '-1',
    '1e3',
    'fast',
    '1000/s',
    'poisson:',
    'poisson:1..2',
    'ramp:100',
    'ramp:100..',
    'ramp:1..2..3',
    'ramp:0..5',
    'burst:100',
    '99999999',
    '1:2:3',
  ])('finds no pace in %j', (text) => expect(parsePace(text, 7)).toBeNull())
})
