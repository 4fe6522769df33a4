import { ProbeServer } from '../../../endpoint/probe-server.ts'
import type { ShaperCommands } from '../../../endpoint/shaper.ts'
import type { LoadCommands } from '../../../load/commands.ts'
import {
  FULL_PACKET_BYTES,
  SEGMENT_HEADER_BYTES,
  SEGMENT_PAYLOAD_BYTES,
} from '../../../model/link/packets.ts'
import { type LinkProfile, queueBytes, serialisationMs } from '../../../model/link/profile.ts'
import type { LinkResult } from '../../../model/report/link-result.ts'
import { median } from '../../../stats/summary.ts'
import type { WorkerProcess } from '../../../system/worker-process.ts'
import { askLoad } from '../../ask.ts'
import { deadlineOver } from './amounts.ts'

type Load = WorkerProcess<LoadCommands>
type Links = WorkerProcess<ShaperCommands>

/** A link that holds nothing back: what is left is the relay. */
const NOTHING: LinkProfile = {
  ...{ name: 'nothing', title: 'nothing', publisher: 'none', source: 'none' },
  ...{ rttMs: 0, jitterMs: 0, downBitsPerS: null, upBitsPerS: null },
  queue: { kind: 'one-rtt' },
}

/** As many as fit into a second or so: the first of a process are slow, and a median of many does not see them. */
const echoesFor = (rttMs: number): number =>
  Math.max(4, Math.min(30, Math.ceil(1_000 / Math.max(1, rttMs))))
const COST_ECHOES = 400
const CEILING_BYTES = 64 * 1024 * 1024
const OPEN_DEADLINE_MS = 5_000
const COST_DEADLINE_MS = 20_000
/** A burst takes about so long, and has packets enough to tell a rate by. */
const BURST_S = 0.5
const LEAST_SEGMENTS = 6

/**
 * Reads the link with a raw TCP echo before anything is measured over it, and
 * what the relay costs where the link costs nothing. The echo server is in this
 * process, which has nothing else to do meanwhile.
 * @throws InstrumentError `connection`, `deadline`, or a worker's death
 */
export async function checkLink(
  profile: LinkProfile,
  load: Load,
  links: Links,
): Promise<LinkResult> {
  await using server = await ProbeServer.open()
  const endpoint = server.address.href
  const relay = await measureRelay(endpoint, load, links)
  const asMeasured = await overLink(endpoint, profile, links, (address) =>
    readLink(address, profile, load),
  )
  const { name, title, rttMs, jitterMs, downBitsPerS, upBitsPerS, publisher, source, leftOut } =
    profile
  const limit = (bitsPerS: number | null): number | null => {
    const bytes = queueBytes(profile, bitsPerS)
    return Number.isFinite(bytes) ? bytes : null
  }
  return {
    ...{ name, title, rttMs, jitterMs, downBitsPerS, upBitsPerS, publisher, source },
    ...{ downQueueBytes: limit(downBitsPerS), upQueueBytes: limit(upBitsPerS) },
    ...(leftOut !== undefined && { leftOut }),
    ...{ asMeasured, relay },
  }
}

async function overLink<T>(
  endpoint: string,
  profile: LinkProfile,
  links: Links,
  work: (address: string) => Promise<T>,
): Promise<T> {
  const address = await links.request('openLink', { endpoint, profile, seed: 1 }, OPEN_DEADLINE_MS)
  try {
    return await work(address)
  } finally {
    await links.request('closeLink', address, OPEN_DEADLINE_MS)
  }
}

async function measureRelay(
  endpoint: string,
  load: Load,
  links: Links,
): Promise<LinkResult['relay']> {
  const deadlineMs = COST_DEADLINE_MS
  const probe = (address: string, upBytes: number) => {
    const request = { address, echoes: COST_ECHOES, upBytes, downBytes: 0, deadlineMs }
    return askLoad(load, 'probeLink', request, deadlineMs)
  }
  const direct = await probe(endpoint, 0)
  const through = await overLink(endpoint, NOTHING, links, (address) =>
    probe(address, CEILING_BYTES),
  )
  return {
    addedUs: Math.round((median(through.echoNs) - median(direct.echoNs)) / 1e3),
    echoes: COST_ECHOES,
    bytesPerS: through.upBytesPerS === null ? null : Math.round(through.upBytesPerS),
  }
}

async function readLink(
  address: string,
  profile: LinkProfile,
  load: Load,
): Promise<LinkResult['asMeasured']> {
  const { rttMs, upBitsPerS, downBitsPerS } = profile
  const echoes = echoesFor(rttMs)
  const burst = (bitsPerS: number | null): number =>
    bitsPerS === null
      ? 0
      : Math.max(LEAST_SEGMENTS * SEGMENT_PAYLOAD_BYTES, Math.round((bitsPerS / 8) * BURST_S))
  const [upBytes, downBytes] = [burst(upBitsPerS), burst(downBitsPerS)]
  const deadlineMs = deadlineOver({ profile, slackMs: 0 }, echoes, upBytes + downBytes)
  const { echoNs, upBytesPerS, downBytesPerS } = await askLoad(
    load,
    'probeLink',
    { address, echoes, upBytes, downBytes, deadlineMs },
    deadlineMs,
  )
  const packet = SEGMENT_HEADER_BYTES + 1
  const packetsMs = serialisationMs(packet, upBitsPerS) + serialisationMs(packet, downBitsPerS)
  const ofPackets = (bytesPerS: number | null): number | null =>
    bytesPerS === null
      ? null
      : Math.round(bytesPerS * 8 * (FULL_PACKET_BYTES / SEGMENT_PAYLOAD_BYTES))
  return {
    rttMs: roundTo(median(echoNs) / 1e6 - packetsMs, 3),
    packetsMs: roundTo(packetsMs, 3),
    echoes,
    downBitsPerS: ofPackets(downBytesPerS),
    upBitsPerS: ofPackets(upBytesPerS),
  }
}

const roundTo = (value: number, decimals: number): number => Number(value.toFixed(decimals))
