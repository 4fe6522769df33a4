import { describe, expect, it } from 'vitest'
import type { CellVerdict } from '../model/report/check/check.ts'
import { idOf } from '../model/report/check/observed-id.ts'
import { said } from '../model/said/said.ts'
import type { Frame } from '../model/wire/frame.ts'
import { baselineOfObserved, judgeObserved, ObservedKinds } from './observed.ts'

const publish = (topicBytes: number, payloadBytes: number): Frame => ({
  ...{ direction: 'up', phase: 'steady', label: 'PUBLISH', clause: '', offset: 0 },
  lengthBytes: topicBytes + payloadBytes,
  parts: [
    { layer: 'framing', label: 'Topic Name', lengthBytes: topicBytes },
    { layer: 'payload', label: 'payload', lengthBytes: payloadBytes },
  ],
})

function kindsOf(...frames: Frame[]): ObservedKinds {
  const kinds = new ObservedKinds()
  for (const frame of frames) kinds.add('mqtt/5.0', frame)
  return kinds
}

const judge = (before: Frame[], now: Frame[], allowSmaller = false): CellVerdict[] =>
  judgeObserved(
    'sensor',
    kindsOf(...now),
    [],
    baselineOfObserved('sensor', kindsOf(...before), {}),
    {
      allowSmaller,
    },
  )

describe('what was observed', () => {
  it('is the same however often and in whatever order it was seen', () => {
    const [a, b] = [publish(5, 10), publish(7, 20)]
    expect(judge([a, b], [b, a, a, b, b])).toMatchObject([{ finding: 'unchanged' }])
  })

  it('differs where a kind is new, and where one was not seen again', () => {
    const [a, b] = [publish(5, 10), publish(7, 20)]
    expect(judge([a], [a, b])).toMatchObject([
      { finding: 'changed', frame: { was: null, is: 27, label: 'PUBLISH' } },
    ])
    expect(judge([a, b], [a])).toMatchObject([{ finding: 'changed', frame: { was: 27, is: null } }])
    expect(judge([a, b], [a], true)).toMatchObject([{ finding: 'smaller', verdict: 'pass' }])
  })

  it('differs where one kind grew by what another shrank', () => {
    const before = [publish(5, 10), publish(7, 20)]
    expect(judge(before, [publish(5, 11), publish(7, 19)])).toMatchObject([
      { finding: 'changed', verdict: 'fail', differences: [{ was: 15, is: 16 }] },
    ])
  })

  it('is missing under another protocol, and gone under its own', () => {
    const baseline = baselineOfObserved('sensor', kindsOf(publish(5, 10)), {})
    const other = new ObservedKinds()
    other.add('TLS', publish(1, 1))
    const options = { allowSmaller: false }
    expect(judgeObserved('sensor', other, [], baseline, options)).toMatchObject([
      { transport: 'mqtt-5-0', finding: 'gone' },
      { transport: 'tls', finding: 'missing-in-baseline' },
    ])
  })

  it('has no verdict where it could not be read, or is of too many sizes', () => {
    const frames = Array.from({ length: 502 }, (_, index) => publish(1, index + 1))
    expect(judge([publish(5, 10)], frames)).toMatchObject([
      {
        finding: 'failed',
        verdict: 'no-verdict',
        reason: said('tooManyKinds', { most: 500 }),
      },
    ])
    const problems = [{ id: 'mqtt-5-0', reason: 'why' }]
    const baseline = baselineOfObserved('sensor', kindsOf(publish(5, 10)), {})
    expect(
      judgeObserved('sensor', kindsOf(publish(5, 10)), problems, baseline, { allowSmaller: false }),
    ).toMatchObject([{ finding: 'failed', reason: 'why' }])
  })
})

it('makes an id of any protocol', () => {
  expect(idOf('mqtt/3.1.1 over websocket')).toBe('mqtt-3-1-1-over-websocket')
})
