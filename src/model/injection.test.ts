import { describe, expect, it } from 'vitest'
import { NO_INJECTION, parseInjections } from './injection.ts'

describe('parseInjections', () => {
  it.each([
    [[], {}],
    [['delay=20ms'], { delayMs: 20 }],
    [['busy=7.5us'], { busyUs: 7.5 }],
    [['drop=1', 'change=3'], { drop: 1, change: 3 }],
    [['stall=1s@100'], { stall: { durationMs: 1_000, message: 100 } }],
    [['stall=50ms@1'], { stall: { durationMs: 50, message: 1 } }],
    [['generator-busy=200us'], { generatorBusyUs: 200 }],
    [['double=2', 'stray-byte=down'], { double: 2, strayByte: 'down' }],
  ])('reads %j', (specifications, expected) => {
    expect(parseInjections(specifications)).toEqual({ ...NO_INJECTION, ...expected })
  })

  it.each([
    '',
    'delay',
    'delay=20',
    'delay=-1ms',
    'busy=1ms',
    'drop=0',
    'drop=x',
    'stray-byte=left',
    'lag=1ms',
    'stall=1s',
    'stall=11s@1',
    'stall=1s@0',
    'generator-busy=1ms',
  ])('refuses %j in one line that names the flag', (specification) => {
    expect(() => parseInjections([specification])).toThrow(/^--inject .*use one of delay=20ms/)
  })
})
