import { describe, expect, it } from 'vitest'
import { ANSWER_SETS, HEADER_SETS } from '../../../model/scenario/header-sets.ts'
import {
  type Scenario,
  type ScenarioInput,
  scenarioSchema,
} from '../../../model/scenario/scenario.ts'
import { answerOf } from '../endpoint/replay-endpoint.ts'
import { requestHeadOf } from '../http1-replay.ts'
import { RequestWriter } from '../request/write-request.ts'
import { buildHead } from './header-set.ts'
import { REQUEST_SETS } from './request-sets.ts'

const scenarioOf = (http: NonNullable<ScenarioInput['http']>, path = '/sensors/temp') =>
  scenarioSchema.parse({
    ...{ name: 'json', title: 'json', path, http },
    payload: { text: '{ "temp": 25 }', contentType: 'application/json' },
  })

const headOf = (url: URL, scenario: Scenario): Buffer => {
  return requestHeadOf(url, scenario, new RequestWriter(url, scenario).write(Buffer.alloc(14)))
}

describe('the least that the specification allows', () => {
  it('is 46 bytes for a POST to / on a host of one letter, and 17 for the answer', () => {
    const scenario = scenarioOf({}, '/')
    const head = headOf(new URL('http://h/'), scenario)
    expect(head.toString()).toBe('POST / HTTP/1.1\r\nHost:h\r\nContent-Length:14\r\n\r\n')
    expect(head).toHaveLength(46)
    expect(answerOf(scenario).toString()).toBe('HTTP/1.1 204 \r\n\r\n')
    expect(answerOf(scenario)).toHaveLength(17)
  })

  it('is longer where the host has an address and a port, by exactly that', () => {
    const head = headOf(new URL('http://127.0.0.1:43210/'), scenarioOf({}))
    expect(head).toHaveLength(46 - 1 + '127.0.0.1:43210'.length)
  })
})

describe('the sets', () => {
  const url = new URL('http://127.0.0.1:43210/sensors/temp')

  /** Heads as they were read off the socket, in bytes; documented and specified ones as composed. */
  it.each([
    ['minimal', 72],
    ['node', 130],
    ['fetch', 235],
    ['curl', 144],
    ['python-requests', 211],
    ['esp8266', 212],
    ['browser', 584],
  ] as const)('%s asks with %d bytes', (headerSet, lengthBytes) => {
    expect(headOf(url, scenarioOf({ request: { headerSet } }))).toHaveLength(lengthBytes)
  })

  it.each([
    ['minimal', 17],
    ['node', 111],
    ['fastify', 112],
    ['nginx', 110],
    ['express', 134],
  ] as const)('%s answers with %d bytes', (answerSet, lengthBytes) => {
    expect(answerOf(scenarioOf({ response: { answerSet } }))).toHaveLength(lengthBytes)
  })

  it('have a source each, and are all there', () => {
    expect(Object.keys(REQUEST_SETS)).toEqual([...HEADER_SETS])
    for (const name of HEADER_SETS) expect(REQUEST_SETS[name].from).not.toBe('')
    expect(ANSWER_SETS).toContain('express')
  })

  it('are followed by the headers of the scenario, on both sides', () => {
    const scenario = scenarioOf({
      request: { headerSet: 'curl', headers: { 'x-device': '17' } },
      response: { status: 200, body: 'ok', headers: { 'x-seen': 'yes' } },
    })
    expect(headOf(url, scenario).toString()).toMatch(/\r\nx-device: 17\r\n\r\n$/)
    expect(answerOf(scenario).toString()).toBe(
      'HTTP/1.1 200 \r\nContent-Length: 2\r\nx-seen: yes\r\n\r\nok',
    )
  })

  it('ask for nothing that has no value', () => {
    expect(() => buildHead('GET / HTTP/1.1', ['Host: {host}'], {}, {})).toThrow(/\{host\}/)
  })
})
