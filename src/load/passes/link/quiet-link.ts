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
/** A delayed acknowledgement comes sooner; a packet that was counted may not have been taken in yet. */
const PACKET_POLLS = 10

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
   *
   * The counters are asked each time, the table of sockets, which costs ten times as
   * much, only where it can say something new: what waits for a packet waits until one
   * has crossed, and where nothing was under way nothing begins without one.
   */
  async quiet(sockets: 'may-stay-open' | 'all-closed', signal: AbortSignal): Promise<void> {
    let before = ''
    let leftToWait = 0
    for (let calm = 0; calm < CALM_POLLS; ) {
      await setTimeout(POLL_MS, undefined, { signal })
      const now = JSON.stringify(this.counters())
      if (now !== before) {
        calm = 0
        leftToWait = 0
      } else if (calm > 0) calm += 1
      else if (leftToWait > 0) leftToWait -= 1
      else {
        const underWay = this.#underWay(sockets)
        if (underWay === null) calm = 1
        else if (underWay === 'packet') leftToWait = PACKET_POLLS
      }
      before = now
    }
  }

  /** Bytes that no program has read yet need no packet to be read. */
  #underWay(sockets: 'may-stay-open' | 'all-closed'): 'packet' | 'unread' | null {
    const { devicePid, endpointPid } = this.#place
    const open = [endpointPid, devicePid]
      .flatMap((pid) => this.#sockets(pid))
      .filter(({ state }) => state !== 'time-wait' && state !== 'closed')
    if (open.some(({ unreadBytes }) => unreadBytes > 0)) return 'unread'
    const waits =
      sockets === 'all-closed' ? open : open.filter((each) => each.unacknowledgedBytes > 0)
    return waits.length > 0 ? 'packet' : null
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
