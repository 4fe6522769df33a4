import { describe, expect, it } from 'vitest'
import { PAYLOAD_PLACE } from '../src/model/scenario/http-query.ts'
import { type ScenarioInput, scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { measureHere } from './support/byte-pass.ts'

/*
 * Requests with a method and a query of one's own. Added up by hand (RFC 9112 §3,
 * RFC 3986 §2.1); the address of the endpoint is `127.0.0.1:` and five digits.
 */

const MESSAGES = 3
const HOST = '127.0.0.1:43210'
const KEY = 'ABCDEFGHIJKLMNOP'

const scenarioOf = (request: ScenarioInput['http'], text = '25', path = '/update') =>
  scenarioSchema.parse({
    ...{ name: 'own', title: 'own', messages: MESSAGES, path, http: request },
    payload: { text },
  })

/** As ThingSpeak and its like take a reading. */
const QUERY = { api_key: KEY, field1: PAYLOAD_PLACE, status: 'ok' }
const update = scenarioOf({ request: { method: 'GET', query: QUERY } })

async function upBytes(transport: string, scenario: typeof update) {
  const { bytes, failure, counts } = await measureHere(transport, scenario)
  expect([failure, counts]).toEqual([null, { delivered: 3, lost: 0, duplicated: 0, corrupted: 0 }])
  const of = (layer?: 'payload' | 'framing'): number =>
    sumLedger(bytes?.ledger ?? [], { phase: 'steady', direction: 'up', ...(layer && { layer }) }) /
    MESSAGES
  return { all: of(), payload: of('payload'), exchange: bytes?.exchange ?? [] }
}

describe('a GET whose query carries the reading', () => {
  const LINE = `GET /update?api_key=${KEY}&field1=25&status=ok HTTP/1.1\r\n`

  it('is its request line and Host on the least client, and the value is payload', async () => {
    const { all, payload, exchange } = await upBytes('http1-replay', update)
    expect([all, payload]).toEqual([LINE.length + `Host:${HOST}\r\n\r\n`.length, 2])
    const [request] = exchange
    expect(
      request?.parts.map(({ layer, label, lengthBytes }) => [layer, label, lengthBytes]),
    ).toEqual([
      ['framing', 'request line', 'GET /update?api_key='.length],
      ['framing', 'query api_key', KEY.length],
      ['framing', 'request line', '&field1='.length],
      ['payload', 'query field1', 2],
      ['framing', 'request line', '&status=ok HTTP/1.1\r\n'.length],
      ['framing', 'Host', `Host:${HOST}\r\n`.length],
      ['framing', 'blank line', 2],
    ])
    expect(JSON.stringify(exchange)).not.toContain(KEY)
  })

  it('is the same line for every other client of HTTP/1.1, which says nothing of content', async () => {
    // autocannon: Host, Connection.
    const bare = await upBytes('http1-bare', update)
    const connection = 'Connection: keep-alive\r\n'
    expect(bare.all).toBe(`${LINE}Host: ${HOST}\r\n${connection}\r\n`.length)
    const get = await upBytes('http1', update)
    const put = await upBytes('http1', scenarioOf({ request: { method: 'PUT' } }))
    const content = 'content-type: text/plain\r\ncontent-length: 2\r\n'
    expect(put.all - get.all).toBe(
      'PUT /update HTTP/1.1\r\n'.length + content.length + 2 - LINE.length,
    )
    expect([get.payload, put.payload]).toEqual([2, 2])
  })

  it('counts of an escaped byte one as payload and two as framing', async () => {
    const reading = '25 °C'
    const scenario = scenarioOf(
      { request: { method: 'GET', query: { v: PAYLOAD_PLACE } } },
      reading,
    )
    const { all, payload } = await upBytes('http1-replay', scenario)
    expect([all, payload]).toEqual([
      `GET /update?v=25%20%C2%B0C HTTP/1.1\r\nHost:${HOST}\r\n\r\n`.length,
      Buffer.byteLength(reading),
    ])
  })
})

it('a PUT is one letter shorter than a POST, in HTTP/1.1 too and in HTTP/2 by HPACK', async () => {
  const [put, post] = await Promise.all(
    (['PUT', 'POST'] as const).map((method) =>
      upBytes('http1-replay', scenarioOf({ request: { method } })),
    ),
  )
  expect((post?.all ?? 0) - (put?.all ?? 0)).toBe(1)
  // RFC 7541: POST is in the static table; PUT is a literal, 4 bytes, once, and then indexed as well.
  const two = await measureHere('h2c', scenarioOf({ request: { method: 'PUT' } }))
  expect([two.failure, two.counts.delivered]).toEqual([null, MESSAGES])
})
