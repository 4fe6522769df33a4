import { generate } from 'mqtt-packet'
import type { PublishFields } from './device-packets.ts'

const PACKET_ID_BYTES = 2

/**
 * Makes QoS 1 PUBLISH packets of one topic. Everything before the packet id is
 * encoded once for each payload length; a message costs two copies.
 */
export class PublishFramer {
  readonly #topic: string
  readonly #fields: PublishFields
  readonly #heads = new Map<number, Buffer>()

  constructor(topic: string, fields: PublishFields = { retain: false }) {
    this.#topic = topic
    this.#fields = fields
  }

  /** The packet with this id (1 to 65535, [MQTT-2.3.1-1]) and payload. */
  frame(packetId: number, payload: Uint8Array): Buffer {
    const head = this.#headFor(payload.length)
    const frame = Buffer.allocUnsafe(head.length + PACKET_ID_BYTES + payload.length)
    frame.set(head, 0)
    frame.writeUInt16BE(packetId, head.length)
    frame.set(payload, head.length + PACKET_ID_BYTES)
    return frame
  }

  #headFor(payloadBytes: number): Buffer {
    let head = this.#heads.get(payloadBytes)
    if (head === undefined) {
      const whole = generate({
        cmd: 'publish',
        topic: this.#topic,
        payload: Buffer.alloc(payloadBytes),
        qos: 1,
        dup: false,
        ...this.#fields,
        messageId: 1,
      })
      // A copy, since a slice would keep the whole packet.
      head = Buffer.from(whole.subarray(0, whole.length - payloadBytes - PACKET_ID_BYTES))
      this.#heads.set(payloadBytes, head)
    }
    return head
  }
}
