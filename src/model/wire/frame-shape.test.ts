import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from './frame.ts'
import { formatFrameShape, parseFrameShape, shapeOf } from './frame-shape.ts'

const frame = (label: string, parts: [string, number][]): Frame => ({
  label,
  phase: 'steady',
  direction: 'up',
  clause: 'MQTT 3.1.1 §3.3',
  offset: 7,
  lengthBytes: parts.reduce((sum, [, lengthBytes]) => sum + lengthBytes, 0),
  parts: parts.map(([name, lengthBytes]) => ({
    layer: 'framing',
    label: name,
    lengthBytes,
    text: 'not kept',
  })),
})

describe('the shape of a frame', () => {
  it('is one line of labels and sizes, without values', () => {
    const publish = frame('PUBLISH', [
      ['packet type and flags', 1],
      ['Remaining Length', 1],
      ['Topic Name length', 2],
      ['Topic Name', 12],
      ['payload', 14],
    ])
    expect(formatFrameShape(shapeOf(publish))).toBe(
      'PUBLISH 30: packet type and flags 1, Remaining Length 1, Topic Name length 2, Topic Name 12, payload 14',
    )
  })

  it.each([
    [''],
    ['PUBLISH'],
    ['PUBLISH x'],
    ['PUBLISH 030: a 30'],
    ['PUBLISH 30: a'],
    ['PUBLISH 30: a -1'],
    ['PUBLISH 30: a 1,b 29'],
    ['PUBLISH 30:'],
  ])('is not %j', (text) => {
    expect(parseFrameShape(text)).toBeNull()
  })

  it('comes back from its line, whatever the labels', () => {
    const label = fc.oneof(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.constantFrom('a, b 1', 'x: 2', 'a\nb', '1 2'),
    )
    const parts = fc.array(fc.tuple(label, fc.nat()), { minLength: 1 })
    fc.assert(
      fc.property(label, parts, (name, sizes) => {
        const shape = shapeOf(frame(name, sizes))
        fc.pre([shape, ...shape.parts].every((each) => each.label !== ''))
        const line = formatFrameShape(shape)
        expect(line).not.toMatch(/[\r\n]/)
        expect(parseFrameShape(line)).toEqual(shape)
      }),
    )
  })
})
