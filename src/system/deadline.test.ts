import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../model/errors.ts'
import { Deadline } from './deadline.ts'

describe('Deadline', () => {
  it('gives back what the work gives', async () => {
    using deadline = new Deadline(60_000)
    await expect(deadline.bound(async () => 7)).resolves.toBe(7)
  })

  it('rejects when the time is over, though the work does not heed it', async () => {
    using deadline = new Deadline(10)
    const hang = deadline.bound(() => new Promise(() => {}))
    await expect(hang).rejects.toMatchObject({
      code: 'deadline',
      message: 'was not done within 0.01 s',
    })
  })

  it('gives the reason of the cut, not what the cut work throws', async () => {
    using deadline = new Deadline(60_000)
    const reason = new InstrumentError('unexplained-bytes', 'a stray byte')
    const work = deadline.bound(async () => {
      deadline.cut(reason)
      throw new Error('socket hang up')
    })
    await expect(work).rejects.toBe(reason)
  })
})
