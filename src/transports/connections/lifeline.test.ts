import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../../model/errors.ts'
import { Lifeline } from './lifeline.ts'

const gone = new InstrumentError('connection', 'gone')
const forever = (): void => {}

describe('Lifeline', () => {
  it('settles what waits on it as usual while it holds', async () => {
    const line = new Lifeline(new AbortController().signal, forever)
    await expect(line.wait<number>((resolve) => resolve(7))).resolves.toBe(7)
    await expect(line.wait((_resolve, reject) => reject(gone))).rejects.toBe(gone)
    expect(line.idle).toBe(true)
  })

  it('rejects all that waits, and all that comes after, with the first reason', async () => {
    let severed = 0
    const line = new Lifeline(new AbortController().signal, () => {
      severed += 1
    })
    const waiting = [line.wait(forever), line.wait(forever)]
    expect(line.idle).toBe(false)
    line.cut(gone)
    line.cut(new InstrumentError('connection', 'a consequence'))
    for (const one of waiting) await expect(one).rejects.toBe(gone)
    await expect(line.wait(forever)).rejects.toBe(gone)
    expect(severed).toBe(1)
  })

  it('is cut by its signal, with its reason or in words', async () => {
    const abort = new AbortController()
    const line = new Lifeline(abort.signal, forever)
    const waiting = line.wait(forever)
    abort.abort(new DOMException('signal timed out', 'TimeoutError'))
    await expect(waiting).rejects.toMatchObject({
      code: 'stopped',
      message: 'stopped before it was done: signal timed out',
    })
    expect(new Lifeline(AbortSignal.abort(gone), forever).reason).toBe(gone)
  })
})
