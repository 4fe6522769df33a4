import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DeliveryBarrier } from './delivery-barrier.ts'

describe('a delivery barrier', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('opens when every subscriber has the message, in whatever order', async () => {
    const barrier = new DeliveryBarrier(3, 1_000)
    let opened = false
    const next = barrier.next().then((all) => {
      opened = true
      return all
    })
    for (const subscriber of [2, 0, 2]) barrier.arrived(subscriber)
    await vi.advanceTimersByTimeAsync(999)
    expect(opened).toBe(false)
    barrier.arrived(1)
    expect(await next).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('counts what arrived before it was asked, and each message anew', async () => {
    const barrier = new DeliveryBarrier(2, 1_000)
    barrier.arrived(0)
    barrier.arrived(1)
    expect(await barrier.next()).toBe(true)
    barrier.arrived(0)
    const second = barrier.next()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await second).toBe(false)
  })

  it('is not held up by a message that one subscriber never got', async () => {
    const barrier = new DeliveryBarrier(2, 1_000)
    barrier.arrived(0)
    const lost = barrier.next()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await lost).toBe(false)
    barrier.arrived(0)
    barrier.arrived(1)
    expect(await barrier.next()).toBe(true)
  })

  it('forgets an earlier block', async () => {
    const barrier = new DeliveryBarrier(2, 1_000)
    barrier.arrived(0)
    barrier.reset()
    barrier.arrived(1)
    const next = barrier.next()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await next).toBe(false)
  })
})
