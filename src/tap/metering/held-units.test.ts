import { describe, expect, it } from 'vitest'
import type { Frame } from '../../model/wire/frame.ts'
import type { Speech } from '../../wire/detection/detected-connection.ts'
import { type HeldFrames, HeldUnits } from './held-units.ts'

const SPEECH: Speech = { protocol: 'mqtt/3.1.1', tls: 'none', foreignName: null }
const line = (topic: number, payload: number): string =>
  `PUBLISH ${topic + payload + 2}: packet type and flags 2, Topic Name ${topic}, payload ${payload}`
const HELD: HeldFrames = { 'mqtt-3-1-1': { 'steady up': [line(12, 14), line(5, 30)] } }

function publish(topic: number, payload: number): Frame {
  const part = (layer: 'framing' | 'payload', label: string, lengthBytes: number) => ({
    ...{ layer, label, lengthBytes },
  })
  const parts = [
    part('framing', 'packet type and flags', 2),
    part('framing', 'Topic Name', topic),
    part('payload', 'payload', payload),
  ]
  const lengthBytes = topic + payload + 2
  const rest = {
    direction: 'up',
    phase: 'steady',
    label: 'PUBLISH',
    clause: '',
    offset: 0,
  } as const
  return { ...rest, lengthBytes, parts }
}

function hold(...frames: Frame[]) {
  const held = new HeldUnits(HELD)
  for (const frame of frames) held.add(frame, SPEECH, 'a')
  const [change] = held.list()
  const excess = Object.fromEntries(change?.excess.map(({ layer, bytes }) => [layer, bytes]) ?? [])
  return { units: change?.units, payload: excess.payload, framing: excess.framing }
}

describe('units held against a baseline', () => {
  it.each([
    ['as it was', [12, 14], { units: 0, payload: 0, framing: 0 }],
    ['a payload larger by one', [12, 15], { units: 1, payload: 1, framing: 0 }],
    ['a topic larger by two', [14, 14], { units: 1, payload: 0, framing: 2 }],
    ['a smaller one', [12, 13], { units: 1, payload: 0, framing: 0 }],
    ['near the other kind', [5, 33], { units: 1, payload: 3, framing: 0 }],
  ] as const)('%s', (_, [topic, payload], change) => {
    expect(hold(publish(topic, payload))).toEqual(change)
  })

  it('counts each, and what it never had', () => {
    expect(hold(publish(12, 15), publish(12, 15), publish(12, 14))).toMatchObject({
      ...{ units: 2, payload: 2 },
    })
    const subscribe = { ...publish(12, 14), label: 'SUBSCRIBE' }
    expect(hold(subscribe)).toEqual({ units: 1, payload: 0, framing: 0 })
    expect(hold({ ...publish(12, 14), phase: 'setup' })).toMatchObject({ units: 1 })
  })
})
