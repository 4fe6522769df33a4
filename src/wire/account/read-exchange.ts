import { InstrumentError } from '../../model/errors.ts'
import type { Direction } from '../../model/vocabulary.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import type { Exchange, ExchangeFrame, ExchangeGap } from '../../model/wire/exchange.ts'
import type { Dissector, DissectorFactory, Frame } from '../../model/wire/frame.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import type { WireRecording } from '../../model/wire/recording.ts'
import { dissectorOf, type WireProtocol } from '../dissectors/index.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'

/**
 * The frames of a recorded byte pass, each with its own bytes: the dissectors
 * hold none, so the recording is read a second time.
 * @throws InstrumentError `internal` for a protocol that has no wire
 */
export function readExchange(recording: WireRecording, read: WireProtocol): Exchange {
  const secrets = new TlsSecrets()
  for (const line of recording.secrets) secrets.learn(line)
  const dissect = dissectorOf(read, secrets)
  if (dissect === null) {
    throw new InstrumentError('internal', `protocol ${read.protocol} has no bytes to inspect`)
  }
  const found: Found = { frames: [], gaps: [] }
  const connections = new Map<number, RecordedConnection>()
  for (const event of recording.events) {
    const { connection } = event
    if (event.kind === 'opened') {
      connections.set(connection, new RecordedConnection(connection, dissect, found))
    } else if (event.kind === 'bytes') {
      connections.get(connection)?.feed(event.direction, event.bytes)
    }
  }
  const totals: ByteTotals = { up: 0, down: 0 }
  for (const connection of connections.values()) {
    connection.end()
    for (const direction of DIRECTIONS) totals[direction] += connection.lengthOf(direction)
  }
  const frames = found.frames.map(({ frame, connection }): ExchangeFrame => {
    const bytes = connections.get(connection)?.bytesOf(frame) ?? new Uint8Array(0)
    return { ...frame, connection, bytes }
  })
  return { frames, gaps: found.gaps, totals, connections: connections.size }
}

interface Found {
  frames: { frame: Frame; connection: number }[]
  gaps: ExchangeGap[]
}

/** One connection: its dissector, and both of its streams. */
class RecordedConnection {
  readonly #dissector: Dissector
  readonly #chunks: Record<Direction, Uint8Array[]> = { up: [], down: [] }
  #streams: Record<Direction, Uint8Array> | null = null

  constructor(connection: number, dissect: DissectorFactory, found: Found) {
    this.#dissector = dissect({
      frame: (frame) => found.frames.push({ frame, connection }),
      unexplained: (gap) => found.gaps.push({ ...gap, connection }),
    })
  }

  feed(direction: Direction, bytes: Uint8Array): void {
    this.#chunks[direction].push(bytes)
    this.#dissector.feed(direction, bytes)
  }

  end(): void {
    this.#dissector.end()
    this.#streams = { up: Buffer.concat(this.#chunks.up), down: Buffer.concat(this.#chunks.down) }
  }

  lengthOf(direction: Direction): number {
    return this.#streams?.[direction].length ?? 0
  }

  bytesOf({ direction, offset, lengthBytes }: Frame): Uint8Array {
    return this.#streams?.[direction].subarray(offset, offset + lengthBytes) ?? new Uint8Array(0)
  }
}
