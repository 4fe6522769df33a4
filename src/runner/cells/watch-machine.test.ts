import { describe, expect, it } from 'vitest'
import { spinFor } from '../../system/clock.ts'
import { CellDraft } from './cell-builder.ts'
import type { ServedCell } from './running-cell.ts'
import { watchMachine } from './watch-machine.ts'

const cellOf = (place?: 'this-machine' | 'elsewhere'): ServedCell =>
  ({
    draft: new CellDraft({
      ...{ scenario: 's', transport: 't', client: 'c', protocol: 'http/1.1', flow: 'uplink' },
      ...{ completion: 'answered', link: 'loopback' },
    }),
    target: place && { reported: { place } },
  }) as ServedCell

/** Long enough to tell of others. */
const SPIN_MS = 210

const work = async (): Promise<string> => {
  spinFor(SPIN_MS * 1_000)
  return 'done'
}

describe.skipIf(process.platform !== 'linux')('the machine while cells are measured', () => {
  it('is kept with each of them, and in what is reported', async () => {
    const cells = [cellOf(), cellOf('elsewhere')]
    await expect(watchMachine(cells, 'latency', work)).resolves.toBe('done')
    for (const { draft } of cells) {
      expect(draft.machine.bytes).toBeUndefined()
      expect(draft.machine.latency?.elapsedMs).toBeGreaterThanOrEqual(SPIN_MS)
      expect(draft.machine.latency?.othersCpus).not.toBeNull()
      draft.fail('no more')
      expect(draft.toCell('')).toMatchObject({ machine: draft.machine })
    }
  })

  it('is kept also where the measurement was cut short', async () => {
    const cell = cellOf()
    const cut = watchMachine([cell], 'bytes', () => Promise.reject(new Error('stopped')))
    await expect(cut).rejects.toThrow('stopped')
    expect(cell.draft.machine.bytes).toMatchObject({ elapsedMs: expect.any(Number) })
  })

  it('does not tell a server that was there, and works for us, from others', async () => {
    const cell = cellOf('this-machine')
    await watchMachine([cell], 'latency', work)
    expect(cell.draft.machine.latency).toMatchObject({ othersCpus: null })
    expect(cell.draft.machine.latency?.stealShare).not.toBeNull()
  })
})
