import { machineBetween, readMachine } from '../../system/machine-load.ts'
import type { ServedCell } from './running-cell.ts'

/** Keeps with the cells what else the machine did while they were measured, also where that was cut short. */
export async function watchMachine<T>(
  cells: readonly ServedCell[],
  pass: 'bytes' | 'latency',
  measure: () => Promise<T>,
): Promise<T> {
  const from = readMachine()
  try {
    return await measure()
  } finally {
    const machine = machineBetween(from, readMachine())
    // A server that was there works for us, and is no process of ours.
    const isShared = cells.some(({ target }) => target?.reported.place === 'this-machine')
    const told = isShared ? { ...machine, othersCpus: null } : machine
    for (const { draft } of cells) draft.machine[pass] = told
  }
}
