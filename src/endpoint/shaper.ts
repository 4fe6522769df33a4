import { InstrumentError } from '../model/errors.ts'
import type { LinkProfile } from '../model/link/profile.ts'
import { nowNs } from '../system/clock.ts'
import { isDatagramScheme } from '../transports/connection-errors.ts'
import { openRelay, type Relay } from '../wire/relay/tcp-relay.ts'
import { openUdpRelay } from '../wire/relay/udp-relay.ts'

export interface OpenLinkRequest {
  /** What the relay passes everything on to. */
  endpoint: string
  profile: LinkProfile
  /** Decides the jitter. */
  seed: number
}

/** The process of the links: what a relay waits and copies takes no time from device or server. */
const relays = new Map<string, { relay: Relay; abort: AbortController }>()
const startedNs = nowNs()
/** Small enough for a number to hold every nanosecond of a run. */
const now = (): number => Number(nowNs() - startedNs)
const UNTAPPED = { bytes: () => {}, end: () => {} }

export const shaperCommands = {
  /** @returns where a device connects instead of to the endpoint */
  async openLink({ endpoint, profile, seed }: OpenLinkRequest): Promise<string> {
    const address = new URL(endpoint)
    const abort = new AbortController()
    const open = isDatagramScheme(address) ? openUdpRelay : openRelay
    const relay = await open({
      target: { host: address.hostname, port: Number(address.port) },
      openTap: () => UNTAPPED,
      signal: abort.signal,
      link: { profile, now, seed },
    })
    address.hostname = relay.address.host
    address.port = String(relay.address.port)
    relays.set(address.href, { relay, abort })
    return address.href
  },
  async closeLink(address: string): Promise<void> {
    const open = relays.get(address)
    if (open === undefined) throw new InstrumentError('internal', `no link is open at ${address}`)
    relays.delete(address)
    await open.relay[Symbol.asyncDispose]()
  },
}

export type ShaperCommands = typeof shaperCommands
