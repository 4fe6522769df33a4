import { describeError } from '../model/errors.ts'
import type { UnreadBytes } from '../model/report/tap/captured.ts'
import type { TapConnection, TapConnectionState } from '../model/report/tap/tap-report.ts'
import { DIRECTIONS, type Direction } from '../model/vocabulary.ts'
import type { ConnectionMemory } from '../model/wire/frame.ts'
import type { ByteTotals } from '../model/wire/ledger.ts'
import type { WirePhrase } from '../model/wire/phrases/wire-phrase.ts'
import { DetectedConnection, type FrameListener } from '../wire/detection/detected-connection.ts'
import { TlsSecrets } from '../wire/dissectors/tls/keys/tls-secrets.ts'
import type { ConnectionFault, ConnectionTap, SocketPlace } from '../wire/relay/tcp-relay.ts'

/** Nobody has the keys of other people's connections. */
const NO_SECRETS = new TlsSecrets()

const TOO_FAST = 'they came faster than they could be read'

/** Is told what becomes of a tapped connection. */
export interface ConnectionWatcher {
  ended(connection: TappedConnection): void
  /** For the first byte of a direction that no rule explains. */
  unexplained(connection: TappedConnection, gap: { direction: Direction; reason: string }): void
}

/** One connection through the tap, while it lasts. Its size does not grow with what crosses it. */
export class TappedConnection implements ConnectionTap {
  readonly number: number
  readonly client: string
  readonly account: DetectedConnection
  readonly wireBytes: ByteTotals = { up: 0, down: 0 }
  /** Of those, what came faster than it could be read. */
  readonly skippedBytes: ByteTotals = { up: 0, down: 0 }
  readonly #openedNs: bigint
  readonly #nowNs: () => bigint
  readonly #watcher: ConnectionWatcher
  readonly #onChunk: ConnectionTap['bytes'] | null
  readonly #toldGaps = new Set<Direction>()
  #endedNs: bigint | null = null
  #fault: ConnectionFault | null = null
  #isAbandoned = false

  /** @param nowNs nanoseconds since the tap began */
  constructor(
    number: number,
    client: SocketPlace,
    {
      nowNs,
      watcher,
      memory,
      onFrame,
      onChunk = null,
      carrier,
    }: {
      nowNs: () => bigint
      watcher: ConnectionWatcher
      memory?: ConnectionMemory
      onFrame?: FrameListener | undefined
      /** After it was read. */
      onChunk?: ConnectionTap['bytes'] | null
      carrier?: 'datagrams' | undefined
    },
  ) {
    this.number = number
    this.client = formatPlace(client)
    this.#nowNs = nowNs
    this.#watcher = watcher
    this.#openedNs = nowNs()
    this.#onChunk = onChunk
    this.account = new DetectedConnection(NO_SECRETS, { memory, onFrame, carrier })
  }

  bytes(direction: Direction, chunk: Uint8Array): void {
    this.wireBytes[direction] += chunk.length
    this.#guard(() => this.account.feed(direction, chunk))
    this.#onChunk?.(direction, chunk)
    this.#tellGap(direction)
  }

  /** Bytes that crossed, and came faster than they could be read. */
  skipped(direction: Direction, lengthBytes: number): void {
    this.wireBytes[direction] += lengthBytes
    this.skippedBytes[direction] += lengthBytes
    this.#guard(() => this.account.missing(direction, lengthBytes))
  }

  /** Nothing more of it is read. */
  abandon(reason: WirePhrase): void {
    this.#isAbandoned = true
    this.account.abandon(reason)
    for (const direction of DIRECTIONS) this.#tellGap(direction)
  }

  broken(fault: ConnectionFault): void {
    this.#fault ??= fault
  }

  end(): void {
    this.#endedNs = this.#nowNs()
    this.#guard(() => this.account.end())
    // A broken connection ends in the middle of something: that is no news then.
    if (this.state === 'closed') for (const direction of DIRECTIONS) this.#tellGap(direction)
    this.#watcher.ended(this)
  }

  get state(): TapConnectionState {
    if (this.#fault?.side === 'unreachable') return 'unreachable'
    if (this.#fault !== null) return 'broken'
    return this.#endedNs === null ? 'open' : 'closed'
  }

  get fault(): ConnectionFault | null {
    return this.#fault
  }

  get isAbandoned(): boolean {
    return this.#isAbandoned
  }

  get totalBytes(): number {
    return this.wireBytes.up + this.wireBytes.down
  }

  /** Whether anything is there that no rule explains. */
  get isUnexplained(): boolean {
    return DIRECTIONS.some((direction) => this.account.gap(direction) !== null)
  }

  /** What it is added up under. */
  get protocol(): string {
    const { speech } = this.account
    if (speech === null) return this.totalBytes === 0 ? 'silent' : 'unrecognised'
    if (speech.tls === 'closed') return 'TLS'
    return speech.protocol ?? speech.foreignName ?? 'unrecognised'
  }

  /** Null where what is said cannot be read. */
  get messages(): ByteTotals | null {
    return this.account.speech?.protocol ? this.account.messages : null
  }

  get unread(): UnreadBytes[] {
    return DIRECTIONS.flatMap((direction) => [
      ...this.account.unread(direction),
      ...this.skippedLosses(direction).map((loss) => ({ direction, ...loss })),
    ])
  }

  /** Bytes of a direction that are in no frame, and why. */
  losses(direction: Direction): { bytes: number; reason: string }[] {
    return [...this.skippedLosses(direction), ...this.account.losses(direction)]
  }

  /** Of those, what came faster than it could be read: nothing that follows changes that. */
  skippedLosses(direction: Direction): { bytes: number; reason: string }[] {
    const bytes = this.skippedBytes[direction]
    return bytes === 0 ? [] : [{ bytes, reason: TOO_FAST }]
  }

  describe(): TapConnection {
    const untilNs = this.#endedNs ?? this.#nowNs()
    return {
      number: this.number,
      client: this.client,
      protocol: this.protocol,
      state: this.state,
      reason: this.#fault === null ? null : describeFault(this.#fault),
      openedAfterMs: milliseconds(this.#openedNs),
      durationMs: milliseconds(untilNs - this.#openedNs),
      wireBytes: { ...this.wireBytes },
      messages: this.messages,
      ledger: this.account.book.entries(),
      unread: this.unread,
      remarks: this.account.remarks,
      outcomes: this.account.outcomes,
    }
  }

  /** A fault of our own must not cost a device its connection, nor all the others theirs. */
  #guard(read: () => void): void {
    try {
      read()
    } catch (error) {
      this.abandon(`reading it failed: ${describeError(error)}`)
    }
  }

  #tellGap(direction: Direction): void {
    if (this.#toldGaps.has(direction)) return
    const gap = this.account.gap(direction)
    if (gap === null) return
    this.#toldGaps.add(direction)
    const reason = `from byte ${gap.offset} on it is not explained: ${gap.reason}`
    this.#watcher.unexplained(this, { direction, reason })
  }
}

const SIDES: Readonly<Record<ConnectionFault['side'], string>> = {
  client: 'broken by the client',
  target: 'broken by the target',
  unreachable: 'the target could not be reached',
}

export const describeFault = ({ side, reason }: ConnectionFault): string =>
  `${SIDES[side]}: ${reason}`

/** To a millisecond's third decimal: more is noise. */
const milliseconds = (ns: bigint): number => Math.round(Number(ns) / 1e3) / 1e3

/** `192.0.2.1:49152`, IPv6 in brackets, and IPv4 that came over a socket of IPv6 as what it is. */
export function formatPlace({ address, port }: SocketPlace): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`
}
