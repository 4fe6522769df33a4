import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Conversation, dissect } from '../../../../test/support/dissection.ts'
import { cuts, split } from '../../../../test/support/distortion.ts'
import { dissectLeniently, findLenientFault, type Heard } from '../../../../test/support/lenient.ts'
import { LONG } from '../../../../test/support/long-conversations.ts'
import {
  CONTENT_TYPE,
  converse,
  keyLogLine,
  knownSecrets,
} from '../../../../test/support/tls-records.ts'
import { dissectHttp1 } from '../http1/http1.ts'
import { dissectTls } from './tls.ts'

/** HTTP in TLS, each utterance a record: what a lenient reader makes of it where something is wrong. */
const TALK = LONG['http/1.1'] ?? []
const CONVERSATION: Conversation = converse(({ client, server }) =>
  TALK.map(([direction, bytes]): Conversation[number] => [
    direction,
    (direction === 'up' ? client : server).seal(CONTENT_TYPE.data, bytes),
  ]),
)
const HANDSHAKE_UTTERANCES = 4
const factory = dissectTls(dissectHttp1, knownSecrets())
const whole = dissect(factory, CONVERSATION)

/** Records that cannot be opened are frames of their own. */
const recordsOf = (found: ReturnType<typeof dissectLeniently>): number =>
  found.frames.filter(({ label }) => label === 'application data record').length

describe('a lenient reader of TLS', () => {
  it('gives clean traffic the frames of a strict one', () => {
    const { frames, gaps, remarks } = dissectLeniently(factory, CONVERSATION)
    expect([whole.gaps, gaps, remarks]).toEqual([[], [], []])
    expect(frames).toEqual(whole.frames)
  })

  it('hears of rules that are broken inside', () => {
    const oddly = converse(({ client, server }) => [
      ['up', client.seal(CONTENT_TYPE.data, Buffer.from('GET / HTTP/1.1\nHost: h\n\n'))],
      ['down', server.seal(CONTENT_TYPE.data, Buffer.from('HTTP/1.1 404 no\r\n\r\n'))],
    ])
    const { remarks, outcomes, unread } = dissectLeniently(factory, oddly)
    expect(remarks.map(({ clause }) => clause)).toContain('RFC 9112 §2.2')
    expect(outcomes.map(({ text }) => text)).toEqual(['404'])
    expect(unread).toBe(0)
  })

  it('counts the records behind a lost one, whichever that is, and says why they stay closed', () => {
    for (const [index, [direction, lost]] of CONVERSATION.entries()) {
      const heard: Heard = CONVERSATION.with(index, [direction, lost.length] as never)
      const found = dissectLeniently(factory, heard)
      expect(findLenientFault(found)).toBeNull()
      const behind = CONVERSATION.slice(Math.max(index + 1, HANDSHAKE_UTTERANCES)).filter(
        (said) => said[0] === direction,
      ).length
      if (behind === 0) continue
      expect(recordsOf(found)).toBeGreaterThanOrEqual(behind)
      expect(found.remarks.map(({ text }) => text)).toContain('bytes are missing from the capture')
    }
  })

  it('closes its sums whatever is missing, changed or cut', () => {
    const place = fc.nat(CONVERSATION.length - 1)
    const loss = fc.record({ place, from: fc.nat(), length: fc.integer({ min: 1, max: 300 }) })
    fc.assert(
      fc.property(fc.array(loss, { maxLength: 3 }), fc.option(loss), (losses, change) => {
        const heard: Heard = CONVERSATION.flatMap(([direction, bytes], index): Heard => {
          const hit = losses.find((one) => one.place === index)
          const copy = Uint8Array.from(bytes)
          if (change?.place === index) copy[change.from % copy.length] = change.length & 255
          if (hit === undefined) return [[direction, copy]]
          const from = hit.from % bytes.length
          const until = Math.min(bytes.length, from + hit.length)
          const pieces: Heard = [
            [direction, copy.subarray(0, from)],
            [direction, until - from],
            [direction, copy.subarray(until)],
          ]
          return pieces
        })
        expect(findLenientFault(dissectLeniently(factory, heard))).toBeNull()
      }),
      { numRuns: 150 },
    )
  })

  it('reads the same however the bytes are split', () => {
    const { frames } = dissectLeniently(factory, CONVERSATION)
    fc.assert(
      fc.property(cuts, (lengths) => {
        expect(dissectLeniently(factory, split(CONVERSATION, lengths)).frames).toEqual(frames)
      }),
      { numRuns: 20 },
    )
  })

  it('counts by record what no secret of a key log opens', () => {
    const lines = [keyLogLine('CLIENT_TRAFFIC_SECRET_0'), keyLogLine('SERVER_TRAFFIC_SECRET_0')]
    const found = dissectLeniently(dissectTls(dissectHttp1, knownSecrets(lines)), CONVERSATION)
    expect(findLenientFault(found)).toBeNull()
    expect(found.unread).toBe(0)
    expect(recordsOf(found)).toBeGreaterThanOrEqual(TALK.length)
    expect(found.remarks[0]?.text).toMatch(
      /HANDSHAKE_TRAFFIC_SECRET of this connection is not known/,
    )
  })
})
