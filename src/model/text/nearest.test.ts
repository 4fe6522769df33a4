import { describe, expect, it } from 'vitest'
import { findNearest, suggestOneOf } from './nearest.ts'

const KNOWN = ['http1', 'mqtt-qos0', 'mqtt-qos1', 'csv', 'table']

describe('the nearest known word', () => {
  it.each([
    ['htp1', ['http1']],
    ['HTTP1', ['http1']],
    ['mqtt-qos1', ['mqtt-qos1']],
    ['mqtt-qos3', ['mqtt-qos0', 'mqtt-qos1']],
    ['tabel', ['table']],
    ['xml', []],
    ['carrier-pigeon', []],
    ['', []],
  ])('%s → %j', (word, nearest) => {
    expect(findNearest(word, KNOWN)).toEqual(nearest)
  })

  it('is the one that has every letter, where a letter was left out', () => {
    expect(findNearest('mqts-qos1', ['mqtt-qos1', 'mqtts-qos1'])).toEqual(['mqtts-qos1'])
  })

  it('is suggested, or else everything there is', () => {
    expect(suggestOneOf('mqtt-qos3', KNOWN)).toBe('did you mean mqtt-qos0 or mqtt-qos1?')
    expect(suggestOneOf('xml', KNOWN)).toBe('known: http1, mqtt-qos0, mqtt-qos1, csv, table')
  })
})
