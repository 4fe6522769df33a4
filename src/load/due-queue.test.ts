import { expect, it } from 'vitest'
import { DueQueue } from './due-queue.ts'

it('gives back in order, however it grows and wraps around', () => {
  const queue = new DueQueue()
  let next = 0
  let expected = 0
  for (let round = 0; round < 50; round += 1) {
    for (let count = 0; count < 30; count += 1) queue.push(next++)
    for (let count = 0; count < 20; count += 1) expect(queue.shift()).toBe(expected++)
  }
  expect(queue.length).toBe(next - expected)
  while (queue.length > 0) expect(queue.shift()).toBe(expected++)
})
