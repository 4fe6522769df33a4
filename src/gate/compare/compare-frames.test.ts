import { describe, expect, it } from 'vitest'
import type { Frame } from '../../model/wire/frame.ts'
import { formatFrameShape, shapeOf } from '../../model/wire/frame-shape.ts'
import { findFrameChange } from './compare-frames.ts'

const UP = { phase: 'steady', direction: 'up' } as const

function frame(label: string, ...parts: [label: string, lengthBytes: number][]): Frame {
  return {
    ...UP,
    label,
    clause: 'RFC 9112 §3',
    offset: 0,
    lengthBytes: parts.reduce((sum, [, lengthBytes]) => sum + lengthBytes, 0),
    parts: parts.map(([name, lengthBytes]) => ({ layer: 'framing', label: name, lengthBytes })),
  }
}
const compare = (was: Frame[], is: Frame[]) =>
  findFrameChange(
    UP,
    was.map((each) => formatFrameShape(shapeOf(each))),
    is,
  )

describe('the first frame that differs', () => {
  it('is none where all are alike', () => {
    const frames = [frame('request', ['host', 20]), frame('request', ['host', 21])]
    expect(compare(frames, frames)).toBeNull()
    expect(compare([], [])).toBeNull()
  })

  it('pairs fields of one name by their size', () => {
    const was = frame('response', ['set-cookie', 10], ['set-cookie', 20])
    const is = frame('response', ['set-cookie', 5], ['set-cookie', 10], ['set-cookie', 20])
    expect(compare([was], [is])?.parts).toEqual([{ label: 'set-cookie', was: null, is: 5 }])
  })

  it('pairs frames of one name by their parts', () => {
    const [a, b, c] = [3, 4, 5].map((bytes) => frame('SUBSCRIBE', ['Topic Filter', bytes]))
    if (!a || !b || !c) throw new Error('no frames')
    expect(compare([a, c], [a, b, c])).toMatchObject({ index: 1, was: null, is: 4 })
    expect(compare([a, b, c], [b, c])).toMatchObject({ index: 0, was: 3, is: null })
  })

  it('counts its place in the run', () => {
    const connect = frame('CONNECT', ['Client Identifier', 11])
    const [was, is] = [frame('SUBSCRIBE', ['Topic', 1]), frame('SUBSCRIBE', ['Topic', 2])]
    expect(compare([connect, was], [connect, is])).toEqual({
      ...UP,
      index: 1,
      label: 'SUBSCRIBE',
      was: 1,
      is: 2,
      parts: [{ label: 'Topic', was: 1, is: 2 }],
    })
  })
})
