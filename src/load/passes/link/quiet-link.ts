import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { InstrumentError } from '../../../model/errors.ts'
import {
  type InterfaceCounters,
  parseInterfaceCounters,
} from '../../../system/namespace/interface-counters.ts'
import { parseTcpTable } from '../../../system/namespace/tcp-table.ts'

const POLL_MS = 5
/** Polls in a row that must have found nothing under way. */
const CALM_POLLS = 2

export interface LinkPlace {
  /** The device's end. */
  deviceInterface: string
  deviceAddress: string
  endpointAddress: string
  /** A process in each namespace, whose `/proc` shows its network. */
  devicePid: number
  endpointPid: number
}

/** One link between two namespaces, seen from outside: what it has carried, and whether anything is under way. */
export class QuietLink {
  readonly #place: LinkPlace

  constructor(place: LinkPlace) {
    this.#place = place
  }

  /** What the device's end has counted since the link is there. */
  counters(): InterfaceCounters {
    const { devicePid, deviceInterface } = this.#place
    const counters = parseInterfaceCounters(
      readFileSync(`/proc/${devicePid}/net/dev`, 'utf8'),
      deviceInterface,
    )
    if (counters === null) {
      throw new InstrumentError('internal', `the link ${deviceInterface} is gone`)
    }
    return counters
  }

  /**
   * Resolves when everything that was sent has been acknowledged, delayed
   * acknowledgements included, and no packet has crossed since.
   */
  async quiet(
    sockets: 'may-stay-open' | 'all-closed' = 'may-stay-open',
    signal?: AbortSignal,
  ): Promise<void> {
    let before = ''
    for (let calm = 0; calm < CALM_POLLS; ) {
      await setTimeout(POLL_MS, undefined, signal === undefined ? {} : { signal })
      const now = JSON.stringify(this.counters())
      calm = now === before && !this.#isUnderWay(sockets) ? calm + 1 : 0
      before = now
    }
  }

  #isUnderWay(sockets: 'may-stay-open' | 'all-closed'): boolean {
    return [this.#place.devicePid, this.#place.endpointPid].some((pid) =>
      this.#sockets(pid).some(({ state, unacknowledgedBytes, unreadBytes }) => {
        if (state === 'time-wait' || state === 'closed') return false
        return sockets === 'all-closed' || unacknowledgedBytes > 0 || unreadBytes > 0
      }),
    )
  }

  #sockets(pid: number) {
    const { deviceAddress } = this.#place
    // Listeners have no far side; what an endpoint says to itself does not cross the link.
    return parseTcpTable(readFileSync(`/proc/${pid}/net/tcp`, 'utf8')).filter(
      ({ localAddress, remoteAddress, state }) =>
        state !== 'listening' &&
        (localAddress === deviceAddress || remoteAddress === deviceAddress),
    )
  }
}
