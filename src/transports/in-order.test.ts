import { describe, expect, it } from 'vitest'
import { inOrder } from './in-order.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('inOrder', () => {
  it('lets what follows happen at once where nothing is held back', () => {
    const steps: string[] = []
    const take = inOrder(
      () => undefined,
      () => steps.push('failed'),
    )
    for (const text of ['a', 'b']) take(bytes(text), () => steps.push(text))
    expect(steps).toEqual(['a', 'b'])
  })

  it('keeps the order where some are held back, and goes on at once afterwards', async () => {
    const steps: string[] = []
    const releases: (() => void)[] = []
    const take = inOrder(
      (payload) =>
        payload.length === 1
          ? undefined
          : new Promise<void>((resolve) => {
              releases.push(resolve)
            }),
      () => steps.push('failed'),
    )
    for (const text of ['a', 'held 1', 'b', 'held 2', 'c']) {
      take(bytes(text), () => steps.push(text))
    }
    await nextTurn()
    expect(steps).toEqual(['a'])
    releases[1]?.()
    await nextTurn()
    expect(steps).toEqual(['a'])
    releases[0]?.()
    await nextTurn()
    expect(steps).toEqual(['a', 'held 1', 'b', 'held 2', 'c'])
    take(bytes('d'), () => steps.push('d'))
    expect(steps.at(-1)).toBe('d')
  })

  it('lets nothing follow what the handler rejects', async () => {
    const steps: string[] = []
    const take = inOrder(
      () => Promise.reject(new Error('no')),
      () => steps.push('failed'),
    )
    take(bytes('a'), () => steps.push('a'))
    take(bytes('b'), () => steps.push('b'))
    await nextTurn()
    expect(steps).toEqual(['failed', 'failed'])
  })
})
