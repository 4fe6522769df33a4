import { generate } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { PublishFramer } from './publish-frame.ts'

describe('PublishFramer', () => {
  it('makes the 32 bytes of a QoS 1 PUBLISH of 14 bytes to sensors/temp', () => {
    const frame = new PublishFramer('sensors/temp').frame(0x0102, Buffer.from('{ "temp": 25 }'))
    expect(frame.toString('hex')).toBe(
      '321e000c73656e736f72732f74656d7001027b202274656d70223a203235207d',
    )
  })

  it.each([0, 1, 127, 128, 16_383, 16_384])('agrees with mqtt-packet on %i bytes', (sizeBytes) => {
    const framer = new PublishFramer('溫度/room')
    for (const messageId of [1, 0x8001, 0xffff]) {
      const payload = Buffer.alloc(sizeBytes, messageId & 0xff)
      const fields = { qos: 1, dup: false, retain: false } as const
      const expected = generate({
        cmd: 'publish',
        topic: '溫度/room',
        payload,
        messageId,
        ...fields,
      })
      expect(framer.frame(messageId, payload).equals(expected)).toBe(true)
    }
  })

  it('leaves a packet alone when the next is made', () => {
    const framer = new PublishFramer('a')
    const first = framer.frame(1, Uint8Array.of(1))
    framer.frame(2, Uint8Array.of(2))
    expect(first.toString('hex')).toBe('320600016100' + '0101')
  })
})
