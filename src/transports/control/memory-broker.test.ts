import { describe, expect, it } from 'vitest'
import { MemoryBroker } from './memory-broker.ts'

const payload = Uint8Array.of(1)

describe('MemoryBroker', () => {
  it('forwards to each subscriber of the topic and says how many there were', async () => {
    const broker = new MemoryBroker()
    const got: string[] = []
    const note = (name: string) => (): undefined => {
      got.push(name)
    }
    broker.subscribe('sensors/temp', note('a'))
    broker.subscribe('sensors/temp', note('b'))
    broker.subscribe('sensors/humidity', note('c'))
    expect(await broker.publish('sensors/temp', payload)).toBe(2)
    expect(got).toEqual(['a', 'b'])
  })

  it('says when nobody subscribed', async () => {
    expect(await new MemoryBroker().publish('sensors/temp', payload)).toBe(0)
  })

  it('forwards no more after unsubscribing, and unsubscribes once', async () => {
    const broker = new MemoryBroker()
    const unsubscribe = broker.subscribe('a', () => undefined)
    unsubscribe()
    expect(await broker.publish('a', payload)).toBe(0)
    broker.subscribe('a', () => undefined)
    unsubscribe()
    expect(await broker.publish('a', payload)).toBe(1)
  })

  it('forwards to all, though one unsubscribes while it is called', async () => {
    const broker = new MemoryBroker()
    const got: string[] = []
    const leave = broker.subscribe('a', () => {
      got.push('first')
      leave()
      return undefined
    })
    broker.subscribe('a', () => {
      got.push('second')
      return undefined
    })
    expect(await broker.publish('a', payload)).toBe(2)
    expect(got).toEqual(['first', 'second'])
  })

  it('waits for a subscriber that takes its time, and passes its failure on', async () => {
    const broker = new MemoryBroker()
    const steps: string[] = []
    broker.subscribe('a', async () => {
      await Promise.resolve()
      steps.push('taken')
    })
    await broker.publish('a', payload)
    steps.push('published')
    expect(steps).toEqual(['taken', 'published'])
    broker.subscribe('b', () => Promise.reject(new Error('full')))
    await expect(broker.publish('b', payload)).rejects.toThrow('full')
  })
})
