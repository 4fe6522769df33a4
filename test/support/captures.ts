import type { Protocol } from '../../src/model/vocabulary.ts'
import type { WireEvent, WireRecording } from '../../src/model/wire/recording.ts'
import type { CapturedPacket } from '../../src/wire/capture/files/capture.ts'
import { readCapture } from '../../src/wire/capture/files/read-capture.ts'
import { type RecordedCell, renderRecordings } from '../../src/wire/capture/render-recordings.ts'
import type { Conversation } from './dissection.ts'

/** A recording of conversations, each on a connection of its own, one after the other; a millisecond a turn. */
export function recordingOf(...conversations: Conversation[]): WireRecording {
  let atNs = 0n
  const tick = (): bigint => {
    atNs += 1_000_000n
    return atNs
  }
  const events = conversations.flatMap((conversation, index): WireEvent[] => {
    const connection = index + 1
    return [
      { kind: 'opened', connection, atNs: tick() },
      ...conversation.map(
        ([direction, bytes]): WireEvent => ({
          ...{ kind: 'bytes', connection, direction, bytes },
          atNs: tick(),
        }),
      ),
      { kind: 'finished', connection, direction: 'up', atNs: tick() },
      { kind: 'finished', connection, direction: 'down', atNs: tick() },
      { kind: 'ended', connection, atNs: tick() },
    ]
  })
  return { events, secrets: [], extent: 'whole' }
}

export const recordedCell = (
  recording: WireRecording,
  protocol: Protocol,
  secure = false,
): RecordedCell => ({
  ...{ scenario: 'json', transport: 'some', client: 'a client' },
  ...{ protocol, secure, recording },
})

/** The file that `--pcap` would write of them. */
export const renderCells = (
  cells: readonly RecordedCell[],
  secrets: 'included' | 'withheld' = 'included',
): Buffer =>
  Buffer.concat([...renderRecordings(cells, { version: '0', epochNs: 10n ** 18n, secrets })])

/** The packets of conversations of one protocol. */
export function packetsOf(protocol: Protocol, ...conversations: Conversation[]): CapturedPacket[] {
  const file = renderCells([recordedCell(recordingOf(...conversations), protocol)])
  return readCapture(file)?.packets ?? []
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** A pcap file, all of one link type, as tcpdump writes it. @param snapLength bytes kept of each */
export function pcapOf(
  packets: readonly Uint8Array[],
  linkType: number,
  snapLength = 262_144,
): Buffer {
  const head = Buffer.from('d4c3b2a1020004000000000000000000', 'hex')
  return Buffer.concat([
    head,
    word(snapLength),
    word(linkType),
    ...packets.flatMap((bytes, index) => {
      const kept = bytes.subarray(0, snapLength)
      return [word(1_700_000_000 + index), word(0), word(kept.length), word(bytes.length), kept]
    }),
  ])
}
