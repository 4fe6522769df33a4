import { expect, it } from 'vitest'
import type { LoadConnection } from './load-connection.ts'
import { Reopening } from './reopening.ts'

const CONNECTION = {} as LoadConnection

it('tries again what fails, while another attempt hangs', async () => {
  const attempts: number[] = []
  let opened = (_index: number): void => {}
  const first = new Promise<number>((resolve) => {
    opened = resolve
  })
  await using reopening = new Reopening({
    connectPerSecond: null,
    signal: new AbortController().signal,
    open: async (index, signal) => {
      attempts.push(index)
      if (index === 0) await new Promise((_, reject) => signal.addEventListener('abort', reject))
      if (attempts.length < 4) throw new Error('not yet')
      return CONNECTION
    },
    onOpened: (index) => opened(index),
    onNotRenewed: () => {},
  })
  reopening.add(0)
  reopening.add(1)
  expect(await first).toBe(1)
  expect(attempts).toEqual([0, 1, 1, 1])
  expect(reopening.isUnderWay).toBe(true)
})

it('ends with its signal, whatever is still to be opened', async () => {
  const abort = new AbortController()
  let attempts = 0
  await using reopening = new Reopening({
    connectPerSecond: null,
    signal: abort.signal,
    open: async () => {
      attempts += 1
      abort.abort()
      throw new Error('stopped')
    },
    onOpened: () => {},
    onNotRenewed: () => {},
  })
  reopening.renew(0)
  await reopening[Symbol.asyncDispose]()
  reopening.add(1)
  reopening.renew(2)
  expect(attempts).toBe(1)
  expect(reopening.isUnderWay).toBe(false)
})
