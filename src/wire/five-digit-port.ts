import type { AddressInfo, Server } from 'node:net'
import { InstrumentError } from '../model/errors.ts'

/** The ports that every system hands out by default have five digits; this many in a row without one is no accident. */
const MAX_TRIES = 16

/**
 * Binds until the port has five digits: it stands in the Host header, whose
 * width must not vary between runs. Ports that were refused stay bound
 * meanwhile, so that none is offered twice.
 * @param bind listens on a free port with a server of its own
 * @throws InstrumentError `connection` when no try gave one
 */
export async function bindFiveDigitPort(bind: () => Promise<Server>): Promise<Server> {
  const refused: Server[] = []
  try {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const server = await bind()
      if (portOf(server) >= 10_000) return server
      refused.push(server)
    }
  } finally {
    for (const server of refused) server.close()
  }
  throw new InstrumentError(
    'connection',
    `the relay was given no port of five digits in ${MAX_TRIES} tries; the system's range of ephemeral ports should lie above 9999`,
  )
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
