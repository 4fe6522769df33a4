import type { Packet } from 'mqtt-packet'
import { NUMBER_BYTES } from '../../../delivery/numbered.ts'
import type { Qos } from '../../../transports/mqtt/broker-limits.ts'
import type { PublishFields } from '../../../transports/mqtt/device-packets.ts'

export type ProtocolVersion = 4 | 5

/** Frames enough that payloads differ as the scenario has them, few enough to stay in a cache. */
const MOST_FRAMES = 1_000
const MOST_BYTES = 1_048_576

/** Batches of PUBLISH packets, encoded beforehand: a message costs a copy and its packet id. */
export interface PublishFrames {
  /** How many differ; the message after the last is the first again. */
  readonly count: number
  /** The length of the longest. */
  readonly largestBytes: number
  /**
   * Copies packets that follow each other into a buffer.
   * @param of which they are: `first`, the index of the first of them, where the index
   *   of any message will do; and the number that their topic ends with, where it does
   * @param packetIds one for each packet; with QoS 0 only their number counts
   * @param idCount how many of them count
   * @returns the offset after the last
   */
  write(
    into: Buffer,
    offset: number,
    of: { first: number; topicNumber: number | null },
    packetIds: Uint16Array,
    idCount: number,
  ): number
  /** What `write` will take. */
  sizeOf(first: number, idCount: number): number
}

/**
 * Encodes the packets of a load with mqtt-packet, which knows the rules.
 * @param payloads of the first messages; more than fit into a megabyte are left
 *   out, and the rest are sent again and again, unless all have to be `kept`
 */
export async function encodePublishFrames(options: {
  topic: string
  qos: Qos
  protocolVersion: ProtocolVersion
  payloads: readonly Uint8Array[]
  kept?: 'as many as fit' | 'all'
  /** Nothing but RETAIN of 0 if left out. */
  fields?: PublishFields
}): Promise<PublishFrames> {
  const { generate } = await import('mqtt-packet')
  const { topic, qos, protocolVersion, payloads, fields = { retain: false } } = options
  const isAll = options.kept === 'all'
  const frames: Buffer[] = []
  let bytes = 0
  for (const payload of isAll ? payloads : payloads.slice(0, MOST_FRAMES)) {
    const packet: Packet = {
      cmd: 'publish',
      ...{ topic, qos, payload: Buffer.from(payload), dup: false },
      ...fields,
      ...(qos > 0 && { messageId: 1 }),
    }
    const frame = generate(packet, { protocolVersion })
    if (!isAll && frames.length > 0 && bytes + frame.length > MOST_BYTES) break
    frames.push(frame)
    bytes += frame.length
  }
  if (frames.length === 0) throw new TypeError('a load needs a payload, be it empty')
  return new FramePool(frames, Buffer.byteLength(topic), qos)
}

/** RFC-like layout of PUBLISH, §3.3: fixed header, topic length, topic, packet id. */
class FramePool implements PublishFrames {
  readonly count: number
  readonly largestBytes: number
  readonly #pool: Buffer
  /** Where each begins, and after them where the last one ends. */
  readonly #starts: Uint32Array
  /** Where the packet id of each is, from its start. */
  readonly #idAt: Uint32Array
  readonly #qos: Qos

  constructor(frames: readonly Buffer[], topicBytes: number, qos: Qos) {
    this.count = frames.length
    this.largestBytes = Math.max(...frames.map(({ length }) => length))
    this.#qos = qos
    this.#pool = Buffer.concat(frames)
    this.#starts = new Uint32Array(frames.length + 1)
    this.#idAt = new Uint32Array(frames.length)
    frames.forEach((frame, index) => {
      this.#starts[index + 1] = (this.#starts[index] as number) + frame.length
      this.#idAt[index] = fixedHeaderBytes(frame) + 2 + topicBytes
    })
  }

  sizeOf(first: number, idCount: number): number {
    const place = first % this.count
    const rounds = Math.floor((place + idCount) / this.count)
    const last = (place + idCount) % this.count
    return (
      rounds * this.#pool.length + (this.#starts[last] as number) - (this.#starts[place] as number)
    )
  }

  write(
    into: Buffer,
    offset: number,
    { first, topicNumber }: { first: number; topicNumber: number | null },
    packetIds: Uint16Array,
    idCount: number,
  ): number {
    let place = first % this.count
    let at = offset
    let written = 0
    while (written < idCount) {
      // One copy for all that lie side by side in the pool.
      const run = Math.min(idCount - written, this.count - place)
      const start = this.#starts[place] as number
      into.set(this.#pool.subarray(start, this.#starts[place + run]), at)
      if (this.#qos > 0) this.#number(into, at - start, place, packetIds, written, run)
      if (topicNumber !== null) this.#address(into, at - start, place, run, topicNumber)
      at += (this.#starts[place + run] as number) - start
      written += run
      place = 0
    }
    return at
  }

  /** The number stands at the end of the topic, right before the packet id. */
  #address(into: Buffer, shift: number, place: number, run: number, topicNumber: number): void {
    const digits = Buffer.from(String(topicNumber).padStart(NUMBER_BYTES, '0'), 'latin1')
    for (let index = 0; index < run; index += 1) {
      into.set(
        digits,
        shift +
          (this.#idAt[place + index] as number) -
          NUMBER_BYTES +
          (this.#starts[place + index] as number),
      )
    }
  }

  #number(
    into: Buffer,
    shift: number,
    place: number,
    packetIds: Uint16Array,
    from: number,
    run: number,
  ): void {
    for (let index = 0; index < run; index += 1) {
      const at =
        shift + (this.#starts[place + index] as number) + (this.#idAt[place + index] as number)
      const id = packetIds[from + index] as number
      into[at] = id >> 8
      into[at + 1] = id & 0xff
    }
  }
}

/** The first byte and the remaining length, §2.1.4: one to four bytes of seven bits. */
function fixedHeaderBytes(frame: Uint8Array): number {
  let length = 2
  while ((frame[length - 1] as number) >= 0x80) length += 1
  return length
}
