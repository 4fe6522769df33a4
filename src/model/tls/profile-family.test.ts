import { describe, expect, it } from 'vitest'
import { expandFile } from '../scenario/expand.ts'
import { scenarioFileSchema } from '../scenario/scenario.ts'
import { tlsFamilyOf } from './profile-family.ts'

const fileWith = (more: object) =>
  scenarioFileSchema.parse({ name: 'cold', title: 'a start', payload: { text: 'a' }, ...more })

describe('a file of several TLS profiles', () => {
  it('stands for one scenario for each, which know it', () => {
    const scenarios = expandFile(fileWith({ tls: ['device', 'browser-2026'] }))
    expect(scenarios.map(({ name, title, tls }) => [name, title, tls])).toEqual([
      ['cold-device', 'a start, TLS device', 'device'],
      ['cold-browser-2026', 'a start, TLS browser-2026', 'browser-2026'],
    ])
    for (const scenario of scenarios) {
      expect(tlsFamilyOf(scenario)).toEqual({ name: 'cold', title: 'a start' })
    }
  })

  it('stands for itself where it names one, or none', () => {
    expect(expandFile(fileWith({ tls: 'psk' }))).toMatchObject([{ name: 'cold', tls: 'psk' }])
    expect(expandFile(fileWith({}))[0]).not.toHaveProperty('tls')
  })

  it('may list subscribers too', () => {
    const file = fileWith({ flow: 'fanout', subscribers: [1, 10], tls: ['device', 'psk'] })
    expect(expandFile(file).map(({ name }) => name)).toEqual([
      'cold-device-1',
      'cold-device-10',
      'cold-psk-1',
      'cold-psk-10',
    ])
  })

  it.each([
    [{ tls: 'devic' }, /must be a TLS profile, or a list of them: device, device-1\.2/],
    [{ tls: ['psk', 'psk'] }, /names psk twice/],
  ])('refuses %j', (more, problem) => {
    expect(() => fileWith(more)).toThrow(problem)
  })
})
