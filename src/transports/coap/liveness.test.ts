import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Liveness } from './liveness.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function watch(isOwed = true) {
  const said: string[] = []
  const liveness = new Liveness({
    isOwed: () => isOwed,
    ping: () => said.push('ping'),
    giveUp: () => said.push('gone'),
  })
  return { liveness, said }
}

describe('liveness', () => {
  it('pings after 5 s of silence, once more, and then gives up: 15 s', () => {
    const { liveness, said } = watch()
    liveness.touch()
    vi.advanceTimersByTime(4_999)
    expect(said).toEqual([])
    vi.advanceTimersByTime(1)
    expect(said).toEqual(['ping'])
    vi.advanceTimersByTime(9_999)
    expect(said).toEqual(['ping', 'ping'])
    vi.advanceTimersByTime(60_000)
    expect(said).toEqual(['ping', 'ping', 'gone'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('begins anew with whatever is heard', () => {
    const { liveness, said } = watch()
    liveness.touch()
    for (let round = 0; round < 10; round += 1) {
      vi.advanceTimersByTime(5_000)
      liveness.touch()
    }
    expect(said).toEqual(Array(10).fill('ping'))
    liveness.stop()
  })

  it('asks nobody who owes nothing', () => {
    const { liveness, said } = watch(false)
    liveness.touch()
    vi.advanceTimersByTime(60_000)
    expect(said).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stops', () => {
    const { liveness, said } = watch()
    liveness.touch()
    liveness.stop()
    vi.advanceTimersByTime(60_000)
    expect(said).toEqual([])
  })
})
