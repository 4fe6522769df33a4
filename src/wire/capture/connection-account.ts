import type { CapturedConnection, UnitCount, UnreadBytes } from '../../model/captured.ts'
import type { Frame, Unexplained } from '../../model/frame.ts'
import { type ByteTotals, LedgerBook } from '../../model/ledger.ts'
import { DIRECTIONS, type Direction, type Phase } from '../../model/words.ts'
import { detectingDissector } from '../detection/detecting-dissector.ts'
import { isEncrypted } from '../detection/opaque-tls.ts'
import type { Detection } from '../detection/signatures.ts'
import type { TlsSecrets } from '../tls-secrets.ts'
import { inCausalOrder } from './causal-order.ts'
import { chooseClient } from './choose-client.ts'
import { PhaseRuns } from './phase-runs.ts'
import { type End, otherEnd, type TcpConversation } from './tcp-conversation.ts'

/**
 * The ledger of one captured connection: its streams are dissected by what its
 * client said first, and each packet's headers go to the phase of what it carried.
 */
export function accountFor(
  conversation: TcpConversation,
  number: number,
  secrets: TlsSecrets,
): CapturedConnection {
  const client = chooseClient(conversation)
  const ends: Record<Direction, End> = { up: client, down: otherEnd(client) }
  const account = new ConnectionAccount(conversation, ends)
  account.dissect(secrets)
  account.addNetwork()
  const { sides } = conversation
  const perDirection = (figure: (end: End) => number): ByteTotals => ({
    up: figure(ends.up),
    down: figure(ends.down),
  })
  return {
    number,
    client: sides[ends.up].place,
    server: sides[ends.down].place,
    ...account.protocol,
    beginning: conversation.opener === null ? 'missing' : 'captured',
    ending: conversation.isReset ? 'reset' : conversation.isOver ? 'finished' : 'missing',
    packets: perDirection((end) => sides[end].packets),
    ledger: account.book.entries(),
    messages: account.protocol.protocol === null ? null : { ...account.messages },
    units: [...account.units.values()],
    unread: account.unread(),
    repeatedBytes: perDirection((end) => sides[end].repeatedBytes),
  }
}

class ConnectionAccount {
  readonly book = new LedgerBook()
  readonly units = new Map<string, UnitCount>()
  readonly messages: ByteTotals = { up: 0, down: 0 }
  protocol: Pick<CapturedConnection, 'protocol' | 'tls'> = { protocol: null, tls: 'none' }
  readonly #conversation: TcpConversation
  readonly #ends: Record<Direction, End>
  readonly #phases = new PhaseRuns()
  readonly #gaps = new Map<Direction, Unexplained>()
  readonly #framedBytes: ByteTotals = { up: 0, down: 0 }
  readonly #encrypted: Record<Direction, { bytes: number; records: number }> = {
    up: { bytes: 0, records: 0 },
    down: { bytes: 0, records: 0 },
  }

  constructor(conversation: TcpConversation, ends: Record<Direction, End>) {
    this.#conversation = conversation
    this.#ends = ends
  }

  dissect(secrets: TlsSecrets): void {
    const open = detectingDissector(secrets, (detection, place) => this.#detected(detection, place))
    const dissector = open({
      frame: (frame) => this.#addFrame(frame),
      unexplained: (gap) => this.#gaps.set(gap.direction, gap),
    })
    const { first, second } = this.#conversation.sides
    const spoken = { first: first.utterances, second: second.utterances }
    for (const { end, bytes } of inCausalOrder(spoken)) {
      dissector.feed(this.#directionOf(end), bytes)
    }
    dissector.end()
  }

  /** Headers, and what came again. A packet without payload is of the phase of the last that had some. */
  addNetwork(): void {
    let latest: Phase = 'setup'
    for (const { end, networkBytes, offset, isGoodbye } of this.#conversation.notes) {
      const direction = this.#directionOf(end)
      if (offset !== null) latest = this.#phases.at(direction, offset)
      const phase = isGoodbye && offset === null ? 'close' : latest
      this.book.addBytes({ phase, direction }, 'network', networkBytes)
    }
  }

  /** What is in no layer, and why. */
  unread(): UnreadBytes[] {
    return DIRECTIONS.flatMap((direction) => {
      const { stream, cutOffBytes } = this.#conversation.sides[this.#ends[direction]]
      const { bytes: encryptedBytes, records } = this.#encrypted[direction]
      const gap = this.#gaps.get(direction)
      const found: [number, string][] = [
        [encryptedBytes, `the content of ${records} encrypted records, whose keys are not known`],
        [
          stream.deliveredBytes - this.#framedBytes[direction],
          `from byte ${this.#framedBytes[direction]} on: ${gap?.reason ?? 'no rule explains them'}`,
        ],
        [
          stream.waitingBytes,
          `behind ${stream.missingBytes} bytes that the capture does not have, at byte ${stream.deliveredBytes}`,
        ],
        [cutOffBytes, 'left out of the packets when they were captured'],
      ]
      return found
        .filter(([bytes]) => bytes > 0)
        .map(([bytes, reason]) => ({ direction, bytes, reason }))
    })
  }

  #directionOf = (end: End): Direction => (end === this.#ends.up ? 'up' : 'down')

  #detected(detection: Detection, place: 'outside' | 'inside'): void {
    const protocol = detection.kind === 'known' ? detection.protocol : null
    if (detection.kind === 'tls' && place === 'outside') this.protocol = { protocol, tls: 'closed' }
    else this.protocol = { protocol, tls: place === 'inside' ? 'opened' : 'none' }
  }

  #addFrame(frame: Frame): void {
    const { direction, label, phase, lengthBytes, parts } = frame
    this.#phases.add(frame)
    this.#framedBytes[direction] += lengthBytes
    for (const part of parts) {
      if (isEncrypted(part)) {
        this.#encrypted[direction].bytes += part.lengthBytes
        this.#encrypted[direction].records += 1
      } else {
        this.book.addBytes(frame, part.layer, part.lengthBytes)
      }
    }
    const key = `${direction} ${label}`
    const unit = this.units.get(key) ?? { label, direction, count: 0 }
    unit.count += 1
    this.units.set(key, unit)
    if (phase === 'steady' && parts.some(({ layer }) => layer === 'payload')) {
      this.messages[direction] += 1
    }
  }
}
