import { STRAGGLER_MS } from '../../../delivery/patience.ts'
import { serialisationMs } from '../../../model/link/profile.ts'
import type { DeviceWay } from './network-path.ts'

/** Shares of a cell's budget, and how much each stage takes at least. */
export const COLD = { share: 0.4, least: 1 }
export const STEADY = { share: 0.3, least: 3 }
export const SEVERAL = { share: 0.3, inFlight: 10 }

/** A round has as many messages as fit into this share of the steady budget: their medians carry the interval. */
const ROUND_SHARE = 0.1
const MOST_PER_ROUND = 200

/** How many messages a round of the steady stage has, when one takes so long. */
export function perRound(oneMs: number, budgetMs: number): number {
  const fits = Math.floor((budgetMs * STEADY.share * ROUND_SHARE) / Math.max(oneMs, 1e-3))
  return Math.max(1, Math.min(MOST_PER_ROUND, fits))
}

/** Round trips that the slowest protocol makes before its first acknowledgement, and to say goodbye. */
const MOST_ROUND_TRIPS = 10
/** Handshakes of TLS carry a certificate: some kilobytes each way. */
const HANDSHAKE_BYTES = 12_000
const SOFTWARE_MS = 5_000
/** A wait is given up when it has taken so many times what it should at most. */
const PATIENCE = 3

/**
 * How long to wait at most for so many messages of so many bytes over a link,
 * one after another, and for what opens and closes a connection; whole milliseconds.
 */
export function deadlineOver(
  { profile, slackMs }: Pick<DeviceWay, 'profile' | 'slackMs'>,
  messages: number,
  payloadBytes: number,
): number {
  const { rttMs, jitterMs, upBitsPerS, downBitsPerS } = profile
  const roundTripMs = rttMs + 4 * jitterMs
  const bytesMs = (bytes: number): number =>
    serialisationMs(bytes, upBitsPerS) + serialisationMs(bytes, downBitsPerS)
  const openMs = MOST_ROUND_TRIPS * roundTripMs + bytesMs(HANDSHAKE_BYTES)
  const eachMs = 4 * roundTripMs + bytesMs(2 * payloadBytes + 1_500)
  return Math.ceil(SOFTWARE_MS + slackMs + PATIENCE * (openMs + messages * eachMs))
}

/** How long a message may be on its way when its sender is done with it. */
export const arrivalWaitMs = ({ profile, slackMs }: DeviceWay): number =>
  Math.ceil(profile.rttMs * 2 + STRAGGLER_MS + slackMs)
