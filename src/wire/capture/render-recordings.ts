import type { Protocol } from '../../model/vocabulary.ts'
import type { WireEvent, WireRecording } from '../../model/wire/recording.ts'
import { LINK_TYPE } from './files/link-types.ts'
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from './files/write-pcapng.ts'
import { buildUdpPacket, type Place } from './packets/build-packets.ts'
import { type SynthesisedPacket, SynthesisedStream } from './packets/synthesise-stream.ts'

/** One byte pass, and what a reader should know of it. */
export interface RecordedCell {
  scenario: string
  transport: string
  client: string
  protocol: Protocol
  secure: boolean
  recording: WireRecording
}

export interface CaptureOptions {
  /** Version of this program. */
  version: string
  /** What to add to an instant of the recording to have nanoseconds since 1970. */
  epochNs: bigint
  /**
   * Whether the file holds the secrets that open its TLS connections. `included`
   * is for endpoints of our own, whose keys end with the run; never for others.
   */
  secrets: 'included' | 'withheld'
}

const SYNTHESISED =
  'The packets are synthesised: a relay between device and endpoint saw byte streams, no packets. ' +
  'Bytes, their order and their instants are real; addresses, ports, headers, the cuts between ' +
  'segments and acknowledgements without data are not.'

const BLANKED = ' Credentials, where they crossed in the clear, are written over with x.'

/** TEST-NET-1 (RFC 5737): nobody's. */
const DEVICE = Uint8Array.of(192, 0, 2, 1)
const ENDPOINT = Uint8Array.of(192, 0, 2, 2)
/** Dynamic ports (RFC 6335 §6); one a connection, so that each is a stream of its own. */
const FIRST_PORT = 49_152
const PORTS = 65_536 - FIRST_PORT

/** Byte passes as a pcapng file, piece by piece: an interface for each, and a comment where a stream begins. */
export function* renderRecordings(
  cells: readonly RecordedCell[],
  options: CaptureOptions,
): Generator<Uint8Array> {
  const isCut = cells.some(({ recording }) => recording.extent === 'cut')
  const remark = isCut ? ' A recording was too large to be kept whole, and ends early.' : ''
  const blanked = options.secrets === 'withheld' ? BLANKED : ''
  yield sectionHeader(`mqtt-vs-http ${options.version}`, SYNTHESISED + remark + blanked)
  for (const { scenario, transport, client, protocol, secure } of cells) {
    yield interfaceDescription({
      name: `${scenario}/${transport}`,
      description: `scenario ${scenario} on transport ${transport}: ${client} over ${protocol}${secure ? ' in TLS' : ''}`,
      linkType: LINK_TYPE.raw,
    })
  }
  let connectionsBefore = 0
  let identification = 0
  const identify = (): number => {
    identification = (identification + 1) % 0x1_0000
    return identification
  }
  for (const [index, cell] of cells.entries()) {
    const { secrets } = cell.recording
    if (options.secrets === 'included' && secrets.length > 0) yield decryptionSecrets(secrets)
    const packets = new CellPackets(cell, connectionsBefore, identify)
    for (const event of cell.recording.events) {
      for (const { atNs, direction, bytes } of packets.follow(event)) {
        const comment = packets.takeComment(event.connection)
        yield enhancedPacket({
          interface: index,
          atNs: atNs + options.epochNs,
          bytes,
          direction: direction === 'up' ? 'outbound' : 'inbound',
          ...(comment !== null && { comment }),
        })
      }
    }
    connectionsBefore += packets.connections
  }
}

/** The packets of one recording: streams, or datagrams. */
class CellPackets {
  readonly #cell: RecordedCell
  readonly #connectionsBefore: number
  readonly #identify: () => number
  readonly #streams = new Map<number, SynthesisedStream>()
  readonly #commented = new Set<number>()
  #connections = 0

  constructor(cell: RecordedCell, connectionsBefore: number, identify: () => number) {
    this.#cell = cell
    this.#connectionsBefore = connectionsBefore
    this.#identify = identify
  }

  get connections(): number {
    return this.#connections
  }

  follow(event: WireEvent): SynthesisedPacket[] {
    this.#connections = Math.max(this.#connections, event.connection)
    if (this.#cell.protocol === 'coap') return this.#datagram(event)
    return this.#streamOf(event).follow(event)
  }

  /** What the first packet of a connection says; null afterwards. */
  takeComment(connection: number): string | null {
    if (this.#commented.has(connection)) return null
    this.#commented.add(connection)
    const { scenario, transport } = this.#cell
    return `${scenario} on ${transport}, connection ${connection}`
  }

  #datagram(event: WireEvent): SynthesisedPacket[] {
    if (event.kind !== 'bytes') return []
    const { up, down } = this.#endsOf(event.connection)
    const [from, to] = event.direction === 'up' ? [up, down] : [down, up]
    const bytes = buildUdpPacket({ from, to, payload: event.bytes }, this.#identify())
    return [{ atNs: event.atNs, direction: event.direction, bytes }]
  }

  #streamOf({ connection, atNs }: WireEvent): SynthesisedStream {
    const known = this.#streams.get(connection)
    if (known !== undefined) return known
    const stream = new SynthesisedStream(this.#endsOf(connection), {
      startedNs: atNs,
      identify: this.#identify,
    })
    this.#streams.set(connection, stream)
    return stream
  }

  #endsOf(connection: number): { up: Place; down: Place } {
    const { protocol, secure } = this.#cell
    const port = FIRST_PORT + ((this.#connectionsBefore + connection - 1) % PORTS)
    return {
      up: { address: DEVICE, port },
      down: { address: ENDPOINT, port: serverPortOf(protocol, secure) },
    }
  }
}

/** Registered ports, the second under TLS or DTLS, by what the name of the protocol holds; the first that fits. */
const SERVER_PORTS: readonly [name: RegExp, open: number, secure: number][] = [
  [/socket|^http/, 80, 443],
  [/^mqtt/, 1883, 8883],
  [/^coap/, 5683, 5684],
]
/** The echo service of RFC 862, which the control of the instrument resembles. */
const ECHO_PORT = 7

/** The port on which a reader of captures expects a protocol; the real one was whichever was free. */
function serverPortOf(protocol: Protocol, secure: boolean): number {
  const [, open, safe] = SERVER_PORTS.find(([name]) => name.test(protocol)) ?? []
  return (secure ? safe : open) ?? ECHO_PORT
}
