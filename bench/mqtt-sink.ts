import { createServer, type Socket } from 'node:net'

/**
 * A server that knows just enough MQTT to be loaded: CONNECT is accepted, PUBLISH
 * with QoS 1 counted and acknowledged, in batches as they come; nothing is
 * forwarded or kept. It shows what a generator can bring about when the server is
 * not what limits it.
 */
export async function openMqttSink(): Promise<{ port: number; received(): number; close(): void }> {
  let received = 0
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    const reader = new PublishReader()
    socket.on('data', (chunk: Buffer) => {
      const answer = reader.answer(chunk)
      received += reader.publishesInLast
      if (answer.length > 0) socket.write(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    received: () => received,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const CONNACK = Uint8Array.of(0x20, 2, 0, 0)
const PUBACK_BYTES = 4

/** Finds the packet id of each PUBLISH; what is cut off waits for the next chunk. */
class PublishReader {
  publishesInLast = 0
  #rest: Buffer = Buffer.alloc(0)

  answer(chunk: Buffer): Buffer {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    // No packet is shorter than two bytes, and none is answered with more than four.
    const answers = Buffer.allocUnsafe((bytes.length / 2 + 1) * PUBACK_BYTES)
    this.publishesInLast = 0
    let at = 0
    let offset = 0
    while (bytes.length - offset >= 2) {
      let lengthBytes = 1
      let remaining = (bytes[offset + 1] as number) & 0x7f
      while ((bytes[offset + lengthBytes] as number) >= 0x80) {
        lengthBytes += 1
        remaining |= ((bytes[offset + lengthBytes] as number) & 0x7f) << (7 * (lengthBytes - 1))
      }
      const body = offset + 1 + lengthBytes
      if (body + remaining > bytes.length) break
      const type = (bytes[offset] as number) >> 4
      if (type === 1) {
        answers.set(CONNACK, at)
        at += CONNACK.length
      } else if (type === 3) {
        const topicBytes = bytes.readUInt16BE(body)
        answers[at] = 0x40
        answers[at + 1] = 2
        answers[at + 2] = bytes[body + 2 + topicBytes] as number
        answers[at + 3] = bytes[body + 3 + topicBytes] as number
        at += PUBACK_BYTES
        this.publishesInLast += 1
      }
      offset = body + remaining
    }
    this.#rest = offset === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(offset))
    return answers.subarray(0, at)
  }
}

process.on('message', () => process.send?.({ received: sink.received() }))
process.on('disconnect', () => sink.close())
const sink = await openMqttSink()
process.send?.({ port: sink.port })
