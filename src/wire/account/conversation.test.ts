import { expect, it } from 'vitest'
import { Conversation, type Sketch } from './conversation.ts'

const sketch = (number: number, direction: 'up' | 'down', beginsMessage: boolean): Sketch => ({
  ...{ number, phase: 'steady', direction, lengthBytes: 4, writes: [4], beginsMessage },
  ...{ asks: false, isOfTls: false, crosses: null, isLast: false },
})

it('keeps one of all messages that are alike, however many there are', () => {
  const [hello, message, answer] = [
    sketch(0, 'down', false),
    sketch(1, 'up', true),
    sketch(2, 'down', false),
  ]
  const goodbye: Sketch = { ...hello, number: 3, phase: 'close' }
  const conversation = new Conversation(new Map())
  conversation.add(hello)
  for (let sent = 0; sent < 1_000; sent += 1) {
    conversation.add(message)
    conversation.add(answer)
  }
  conversation.add(goodbye)
  expect(conversation.runs()).toEqual([
    { frames: [hello], times: 1 },
    { frames: [message, answer], times: 999 },
    // What is not a message is for itself, and with it the one that it follows.
    ...[message, answer, goodbye].map((frame) => ({ frames: [frame], times: 1 })),
  ])
})
