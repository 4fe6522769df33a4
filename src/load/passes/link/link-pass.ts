import type { CellSpec } from '../../../delivery/cell-spec.ts'
import type { Patience } from '../../../delivery/patience.ts'
import type { LedgerEntry } from '../../../model/wire/ledger.ts'
import { createPayloads } from '../../../scenario/payload.ts'
import { nowNs } from '../../../system/clock.ts'
import { Deadline } from '../../../system/deadline.ts'
import { secretsOfCell } from '../../../targets/scenario-secrets.ts'
import { loadTransport } from '../../../transports/registry.ts'
import type { Peer, Producer } from '../../../transports/transport.ts'
import { connectWith, prepareDevice } from '../../flows/connect.ts'
import { runBytePass } from '../byte-pass.ts'
import { describeFailure, type PassFailure } from '../failure.ts'
import { networkEntries } from './network-entries.ts'
import { type LinkPlace, QuietLink } from './quiet-link.ts'
import { isEven, type LinkReadings, packetsOf } from './readings.ts'

/** A pass that a busy machine disturbs is rare; one whose messages differ by nature is not read for ever. */
const MOST_TRIES = 3

export interface LinkPassRequest {
  /** Its `messages` are how many are sent. */
  cell: CellSpec
  place: LinkPlace
  /** How long nothing may move: longer than TCP likes to wait with an acknowledgement. */
  patience: Patience
}

export interface LinkPassOutcome {
  /** The `network` layer of the pass; null where it could not be measured. */
  network: LedgerEntry[] | null
  /** The wire bytes of the same messages, and what the model says of their network layer; null where they failed. */
  reference: LedgerEntry[] | null
  /** What the link's counters said, for whoever holds them against another witness. */
  readings: LinkReadings | null
  failure: PassFailure | null
}

/**
 * The `network` layer of one device on a link of its own, straight to the
 * endpoint: connect, messages each in its own time, a keep-alive, goodbye. In
 * its own time is what a device does that sends a reading now and then: before
 * the next, TCP has acknowledged everything, also what it likes to acknowledge
 * late.
 *
 * The interface counts packets and their bytes, and not what in them is TCP's
 * and what the stream's. So the same messages go through a relay first, which
 * counts the stream: the network layer is the difference, exact for the same
 * number of the same messages. It too waits before the first message, which
 * HTTP/2 would put into one TLS record with the last of the set-up. That pass
 * also warms up: code that has run once answers before TCP gives up waiting for
 * an answer to acknowledge with.
 */
export async function runLinkPass(request: LinkPassRequest): Promise<LinkPassOutcome> {
  let readings: LinkReadings | null = null
  let reference: LedgerEntry[] | null = null
  try {
    const { cell, place, patience } = request
    const link = new QuietLink(place)
    const onConnected = (signal: AbortSignal): Promise<void> => link.quiet('may-stay-open', signal)
    const { bytes, failure } = await runBytePass({
      ...{ cell, patience, strayByte: null, onConnected, tallies: [] },
      // A fetch tells loopback what it tells no other host in the clear (Sec-Fetch-Mode).
      relayHost: place.deviceAddress,
    })
    if (bytes === null) return { network: null, reference: null, readings, failure }
    reference = bytes.ledger
    readings = await readUndisturbed(request, link)
    return { network: networkEntries(readings, reference), reference, readings, failure: null }
  } catch (error) {
    return {
      network: null,
      reference,
      readings,
      failure: describeFailure(error, secretsOfCell(request.cell)),
    }
  }
}

/**
 * Reads a pass again where messages that are alike took different numbers of
 * packets: something kept a process from its sockets, and TCP acknowledged what
 * it would have answered. After so many tries the one with the fewest packets stands.
 */
async function readUndisturbed(request: LinkPassRequest, link: QuietLink): Promise<LinkReadings> {
  const tries: LinkReadings[] = []
  while (tries.length < MOST_TRIES) {
    using deadline = Deadline.ofSilence(request.patience.silenceMs)
    const readings = await deadline.bound(() => readLink(request, link, deadline))
    if (isEven(readings)) return readings
    tries.push(readings)
  }
  return tries.reduce((least, other) => (packetsOf(other) < packetsOf(least) ? other : least))
}

async function readLink(
  request: LinkPassRequest,
  link: QuietLink,
  deadline: Deadline,
): Promise<LinkReadings> {
  const { cell } = request
  const { signal } = deadline
  const transport = await loadTransport(cell.transport)
  const address = new URL(cell.address)
  const device = await prepareDevice(transport, { ...cell, address, endpoint: address, signal })
  await link.quiet('all-closed', signal)
  const before = link.counters()
  const peer = await connectWith(transport, device)
  let open: Omit<LinkReadings, 'before' | 'closed'>
  try {
    await link.quiet('may-stay-open', signal)
    const connected = link.counters()
    const messages = await sendInOwnTime(peer, cell, link, deadline)
    await peer.keepAlive?.()
    await link.quiet('may-stay-open', signal)
    open = { connected, messages, keptAlive: link.counters() }
  } finally {
    await peer[Symbol.asyncDispose]()
  }
  await link.quiet('all-closed', signal)
  return { before, ...open, closed: link.counters() }
}

async function sendInOwnTime(
  peer: Peer,
  { scenario, fileBytes }: CellSpec,
  link: QuietLink,
  { signal, renew }: Deadline,
): Promise<LinkReadings['messages']> {
  const source = createPayloads(scenario, fileBytes ?? undefined)
  const payloads = Array.from({ length: scenario.messages }, (_, index) => source.payload(index))
  const readings: LinkReadings['messages'] = []
  await using producer = await peer.openProducer()
  // A client that drives itself does not wait: its messages are read together.
  const turns = producer.kind === 'self-driving' ? [payloads] : payloads.map((each) => [each])
  for (const turn of turns) {
    await send(producer, turn)
    // Who sends several each time that it wakes up does not wait between them.
    if (producer.kind === 'paced' && producer.awake?.() === true) continue
    await link.quiet('may-stay-open', signal)
    readings.push(link.counters())
    renew()
  }
  return readings
}

async function send(producer: Producer, payloads: readonly Uint8Array[]): Promise<void> {
  if (producer.kind === 'self-driving') return producer.drive(payloads, nowNs, () => {})
  for (const payload of payloads) {
    await producer.send(payload)
    await producer.settled?.()
  }
}
