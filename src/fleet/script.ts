import { udpHeaderBytes, udpPackets } from '../model/link/packets.ts'
import type { BytesResult } from '../model/report/bytes-result.ts'
import { DIRECTIONS, type Protocol } from '../model/vocabulary.ts'
import type { Frame } from '../model/wire/frame.ts'
import { LedgerBook, type LedgerEntry, sumLedger } from '../model/wire/ledger.ts'
import type { SegmentRules } from '../wire/account/connection-packets.ts'
import { roundTripsOf } from '../wire/account/round-trips.ts'
import { type Pace, SegmentModel } from '../wire/account/segment-model.ts'
import { minus, plus, times, type Volume, volumeOf } from './volume.ts'

/** What a device does on a connection, besides opening and closing it. */
export type Deed = 'message' | 'ping'

/**
 * The frames of a way of talking, as they were measured: from them any
 * connection can be put together, however many messages and pings it carries.
 */
export interface Script {
  readonly protocol: Protocol
  readonly setup: readonly Frame[]
  /** The first message on a connection, and a further one. */
  readonly first: readonly Frame[]
  readonly further: readonly Frame[]
  readonly ping: readonly Frame[]
  readonly close: readonly Frame[]
  /** What a message's frames are on average beside these, where payloads differ in size. */
  readonly beside: Volume
}

export interface ConnectionRules extends SegmentRules {
  /** Whether it says goodbye, or is lost. */
  readonly end: 'closed' | 'lost'
  /** Whether all of it goes at once, or each deed in its own time. */
  readonly pace: Pace
}

/** @returns null where the report keeps no frames of it */
export function scriptOf(bytes: BytesResult, protocol: Protocol): Script | null {
  const { exchange, messages } = bytes
  const of = (phase: Frame['phase']): Frame[] => exchange.filter((frame) => frame.phase === phase)
  const [first = [], second] = messagesOf(of('steady'))
  if (first.length === 0 || messages === 0) return null
  const further = second ?? first
  return {
    ...{ protocol, setup: of('setup'), first, further, ping: of('idle'), close: of('close') },
    beside: besideOf(bytes, first, further),
  }
}

/** A message is over where the next begins: the leading direction says which begin. */
function messagesOf(frames: readonly Frame[]): Frame[][] {
  const begins = (frame: Frame): boolean =>
    frame.message === 'begins' ||
    (frame.message === undefined && frame.parts.some(({ layer }) => layer === 'payload'))
  const leading = frames.find(begins)?.direction
  const found: Frame[][] = []
  for (const frame of frames) {
    const isNew = frame.direction === leading && begins(frame)
    if (isNew || found.length === 0) found.push([])
    found.at(-1)?.push(frame)
  }
  return found
}

function besideOf(
  { ledger, messages }: BytesResult,
  first: readonly Frame[],
  further: readonly Frame[],
): Volume {
  const steady = ledger.filter(({ phase, layer }) => phase === 'steady' && layer !== 'network')
  const shown = plus(volumeOf(bookOf(first)), times(volumeOf(bookOf(further)), messages - 1))
  const own = times(volumeOf(bookOf(first)), messages)
  const isOwn = DIRECTIONS.every(
    (direction) =>
      sumLedger(steady, { direction }) === sumLedger(bookOf(first), { direction }) * messages,
  )
  return times(minus(volumeOf(steady), isOwn ? own : shown), 1 / messages)
}

function bookOf(frames: readonly Frame[]): LedgerEntry[] {
  const book = new LedgerBook()
  for (const frame of frames) book.add(frame)
  return book.entries()
}

/** What a device and its server say on one connection, deed by deed: opening it is the first, closing the last. */
function saidOn(
  script: Script,
  deeds: readonly Deed[],
  end: ConnectionRules['end'],
): (readonly Frame[])[] {
  let messages = 0
  const said = deeds.map((deed) => {
    if (deed === 'ping') return script.ping
    messages += 1
    return messages === 1 ? script.first : script.further
  })
  return [script.setup, ...said, ...(end === 'closed' ? [script.close] : [])]
}

/** A search over intervals asks for the same connections again and again. */
const KNOWN = new WeakMap<Script, Map<string, Volume>>()

/** The bytes and packets of one connection that does these deeds. */
export function connectionVolume(
  script: Script,
  deeds: readonly Deed[],
  rules: ConnectionRules,
): Volume {
  const known = KNOWN.get(script) ?? new Map<string, Volume>()
  KNOWN.set(script, known)
  const key = `${deeds.map((deed) => deed[0]).join('')} ${Object.values(rules).join(' ')}`
  const found = known.get(key) ?? workOutVolume(script, deeds, rules)
  known.set(key, found)
  return found
}

function workOutVolume(
  script: Script,
  deeds: readonly Deed[],
  { end, pace, ...rules }: ConnectionRules,
): Volume {
  const said = saidOn(script, deeds, end)
  const ledger = bookOf(said.flat())
  const network = isDatagram(script)
    ? datagramHeaders(said.flat())
    : segments(script, said, pace, end, rules)
  const messages = deeds.filter((deed) => deed === 'message').length
  return plus(volumeOf([...ledger, ...network]), times(script.beside, messages))
}

/** The messages of one script on connections that another opens; the same object for the same two. */
export function openedBy(spoken: Script, opener: Script): Script {
  const known = OPENED.get(spoken) ?? new WeakMap<Script, Script>()
  OPENED.set(spoken, known)
  const { setup, close } = opener
  const found = known.get(opener) ?? { ...spoken, setup, close }
  known.set(opener, found)
  return found
}
const OPENED = new WeakMap<Script, WeakMap<Script, Script>>()

/** Round trips that a device waits for on such a connection, TCP's handshake included. */
export function connectionRoundTrips(script: Script, deeds: readonly Deed[]): number {
  const answers = saidOn(script, deeds, 'closed')
    .flat()
    .filter((frame) => roundTripsOf(frame) === 1)
  return answers.length + (isDatagram(script) ? 0 : 1)
}

export const isDatagram = ({ protocol }: Pick<Script, 'protocol'>): boolean => protocol === 'coap'

function datagramHeaders(frames: readonly Frame[]): LedgerEntry[] {
  const book = new LedgerBook()
  for (const frame of frames) {
    const { lengthBytes } = frame
    book.addPackets(frame, udpPackets(lengthBytes), udpHeaderBytes(lengthBytes), 'modelled')
  }
  return book.entries()
}

function segments(
  { protocol }: Script,
  said: readonly (readonly Frame[])[],
  pace: Pace,
  end: ConnectionRules['end'],
  rules: SegmentRules,
): LedgerEntry[] {
  const model = new SegmentModel(protocol, rules)
  model.open(1)
  for (const frames of said) {
    for (const frame of frames) model.add(frame, 1)
    if (pace === 'own-time') model.pause(1)
  }
  return model.entries(pace, end)
}
