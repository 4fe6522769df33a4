import { expect } from 'vitest'
import type { Frame } from '../../src/model/wire/frame.ts'
import { dissectCoap } from '../../src/wire/dissectors/coap/coap.ts'
import { type Conversation, dissect, down, findTilingFault, hex, up } from './dissection.ts'

const block = '62'.repeat(16)

/**
 * A conversation with one of everything: a ping, messages of both types, an
 * answer that comes late, bodies in blocks both ways, an observation from
 * registering to deregistering, and options of every length.
 */
export const COAP_CONVERSATION: Conversation = [
  up(hex('40 00 0001')),
  down(hex('70 00 0001')),
  up(hex('42 02 0002 abcd b1 61 01 62 11 32 ff 7b7d')),
  down(hex('62 44 0002 abcd')),
  up(hex('52 02 0003 abce b1 61 d2 24 0102 ff 00ff')),
  down(hex('52 44 8001 abce')),
  up(hex('42 01 0004 aaaa 60 51 73')),
  down(hex('62 45 0004 aaaa 61 01')),
  up(hex(`42 02 0005 bbbb b1 61 d1 03 08 ff ${block}`)),
  down(hex('62 5f 0005 bbbb d1 0e 08')),
  up(hex('42 02 0006 bbbb b1 61 d1 03 10 ff 63')),
  down(hex('60 00 0006')),
  down(hex('42 44 8002 bbbb d1 0e 10')),
  up(hex('60 00 8002')),
  down(hex(`42 45 8003 aaaa 61 02 d1 04 08 ff ${block}`)),
  up(hex('60 00 8003')),
  up(hex('42 01 0007 cccc b1 73 c1 10')),
  down(hex('62 45 0007 cccc d1 0a 10 ff 64')),
  up(hex('42 01 0008 aaaa 60 51 73')),
  down(hex('62 45 0008 aaaa 61 03')),
  up(hex('42 01 0009 aaaa 61 01 51 73')),
  down(hex('62 45 0009 aaaa')),
  up(hex(`40 02 000a 3d 0e ${'68'.repeat(27)} 8e 0001 ${'69'.repeat(270)} e0 0700 ff 6a`)),
]

export const ascii = (text: string): string => Buffer.from(text).toString('hex')

/** Uri-Path "temperature", the first option: delta 11, length 11. */
export const TEMPERATURE = `bb ${ascii('temperature')}`

/** All of it explained. */
export function framesOf(conversation: Conversation): Frame[] {
  const found = dissect(dissectCoap, conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.frames
}

/** `up steady GET framing+payload`: a line a frame. */
export const describeFrames = (conversation: Conversation): string[] =>
  framesOf(conversation).map(({ direction, phase, label, parts, message }) => {
    const layers = [...new Set(parts.map(({ layer }) => layer))].join('+')
    return [direction, phase, label, layers, ...(message === undefined ? [] : [message])].join(' ')
  })

/** Why one datagram is not explained. */
export function reasonOf(conversation: Conversation): string {
  const { gaps } = dissect(dissectCoap, conversation)
  expect(gaps).toHaveLength(1)
  return gaps[0]?.reason ?? ''
}
