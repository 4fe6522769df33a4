import { isIPv4 } from 'node:net'
import type { Direction } from '../model/vocabulary.ts'
import type { WireEvent } from '../model/wire/recording.ts'
import { LINK_TYPE } from '../wire/capture/files/link-types.ts'
import {
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  sectionHeader,
} from '../wire/capture/files/write-pcapng.ts'
import type { Place } from '../wire/capture/packets/build-packets.ts'
import { SynthesisedStream } from '../wire/capture/packets/synthesise-stream.ts'
import type { ConnectionTap, SocketPlace } from '../wire/relay/tcp-relay.ts'
import type { ReadConnection } from './reading/tap-reading.ts'
import { formatPlace } from './tapped-connection.ts'

export interface TapPacketsOptions {
  /** Version of this program. */
  version: string
  target: SocketPlace
  /** The most that is written, in bytes. */
  limitBytes: number
  nowNs: () => bigint
  /** What to add to an instant to have nanoseconds since 1970. */
  epochNs: bigint
  /** Takes the file, piece by piece. */
  write(piece: Uint8Array): void
}

const SYNTHESISED =
  'The packets are synthesised: the tap saw byte streams, no packets. Bytes, their order and their ' +
  'instants are real; headers, the cuts between segments and acknowledgements without data are not. ' +
  'Addresses are those of IPv4 clients; others stand as 192.0.2.1, and the target as 192.0.2.2 ' +
  'where it was given by name or over IPv6.'

/** TEST-NET-1 (RFC 5737): nobody's. */
const NOBODY = { up: '192.0.2.1', down: '192.0.2.2' } as const
/** Room for the word that says where the file was cut. */
const LAST_WORD_BYTES = 256

/**
 * What crosses a tap as a pcapng file, written as it goes: a packet is let go
 * as soon as it is written. No comment says anything that was sent.
 */
export class TapPackets {
  readonly #options: TapPacketsOptions
  #write: (piece: Uint8Array) => void
  #writtenBytes = 0
  #identification = 0
  #extent: 'whole' | 'cut' = 'whole'
  #state: 'open' | 'closed' = 'open'

  constructor(options: TapPacketsOptions) {
    this.#options = options
    this.#write = options.write
    this.#begin()
  }

  /** Goes on in another file: of connections that are there, it has what comes from now on. */
  restart(write: (piece: Uint8Array) => void): void {
    this.#write = write
    this.#writtenBytes = 0
    this.#extent = 'whole'
    this.#state = 'open'
    this.#begin()
  }

  #begin(): void {
    const { version, target } = this.#options
    this.#put(sectionHeader(`mqtt-vs-http ${version}`, SYNTHESISED))
    this.#put(
      interfaceDescription({
        name: 'tap',
        description: `what crossed the tap to ${formatPlace(target)}`,
        linkType: LINK_TYPE.raw,
      }),
    )
  }

  /** Bytes of the file so far. */
  get writtenBytes(): number {
    return this.#writtenBytes
  }

  get extent(): 'whole' | 'cut' {
    return this.#extent
  }

  /** Stands before the tap of one more connection, and tells it the same. */
  record(tap: ReadConnection, client: SocketPlace): ConnectionTap {
    if (this.#state === 'closed') return tap
    const { nowNs, target } = this.#options
    const connection = tap.number
    const stream = new SynthesisedStream(
      { up: placeOf(client, 'up'), down: placeOf(target, 'down') },
      { startedNs: nowNs(), identify: () => this.#identify() },
    )
    const comment = `connection ${connection} from ${tap.client} to ${formatPlace(target)}`
    this.#follow(stream, { kind: 'opened', connection, atNs: nowNs() }, comment)
    return {
      bytes: (direction, bytes) => {
        this.#follow(stream, { kind: 'bytes', connection, direction, atNs: nowNs(), bytes })
        tap.bytes(direction, bytes)
      },
      finished: (direction) =>
        this.#follow(stream, { kind: 'finished', connection, direction, atNs: nowNs() }),
      broken: (fault) => tap.broken?.(fault),
      end: () => {
        this.#follow(stream, { kind: 'ended', connection, atNs: nowNs() })
        tap.end()
      },
    }
  }

  get state(): 'open' | 'closed' {
    return this.#state
  }

  /** Nothing more is written. */
  close(): void {
    this.#state = 'closed'
  }

  #follow(stream: SynthesisedStream, event: WireEvent, comment?: string): void {
    if (this.#state === 'closed') return
    let said = comment
    for (const { atNs, direction, bytes } of stream.follow(event)) {
      const packet = enhancedPacket({
        interface: 0,
        atNs: atNs + this.#options.epochNs,
        bytes,
        direction: direction === 'up' ? 'inbound' : 'outbound',
        ...(said !== undefined && { comment: said }),
      })
      said = undefined
      if (this.#writtenBytes + packet.length + LAST_WORD_BYTES > this.#options.limitBytes) {
        this.#sayCut(atNs)
        return
      }
      this.#put(packet)
    }
  }

  #sayCut(atNs: bigint): void {
    const { limitBytes, epochNs } = this.#options
    this.#extent = 'cut'
    this.#state = 'closed'
    this.#put(
      interfaceStatistics(
        0,
        atNs + epochNs,
        `cut here: the limit of ${limitBytes} bytes is reached`,
      ),
    )
  }

  #put(piece: Uint8Array): void {
    this.#writtenBytes += piece.length
    this.#write(piece)
  }

  #identify(): number {
    this.#identification = (this.#identification + 1) % 0x1_0000
    return this.#identification
  }
}

function placeOf({ address, port }: SocketPlace, direction: Direction): Place {
  const plain = address.replace(/^::ffff:/, '')
  const octets = (isIPv4(plain) ? plain : NOBODY[direction]).split('.')
  return { address: Uint8Array.from(octets, Number), port }
}
