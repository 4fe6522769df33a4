import type { AddressInfo } from 'node:net'
import { InstrumentError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'

/** The ports that every system hands out by default have five digits; this many in a row without one is no accident. */
const MAX_TRIES = 16

/** A server of TCP, or a socket of UDP. */
export interface Bound {
  address(): AddressInfo | string | null
  close(): unknown
}

/**
 * Binds until the port has five digits: it stands in the Host header, whose
 * width must not vary between runs. Ports that were refused stay bound
 * meanwhile, so that none is offered twice.
 * @param bind takes a free port with a server or socket of its own
 * @throws InstrumentError `connection` when no try gave one
 */
export async function bindFiveDigitPort<T extends Bound>(bind: () => Promise<T>): Promise<T> {
  const refused: T[] = []
  try {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const bound = await bind()
      if (portOf(bound) >= 10_000) return bound
      refused.push(bound)
    }
  } finally {
    for (const bound of refused) bound.close()
  }
  throw new InstrumentError('connection', said('noLongPort', { tries: MAX_TRIES }))
}

export function portOf(bound: Bound): number {
  return (bound.address() as AddressInfo).port
}
