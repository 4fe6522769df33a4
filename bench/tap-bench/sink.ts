import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { CONNACK, postAnswer, postRequest } from './traffic.ts'

// The server behind the proxies, in a process of its own: it answers CONNECT once
// and each POST, and digests what it is sent, connection by connection.

/** What it has received since it was asked last. */
export interface SinkTally {
  bytes: number
  /** One of each connection that ended. */
  digests: string[]
}

const CONNECT_TYPE = 0x10
let answer: Uint8Array = Buffer.alloc(0)
let requestBytes = 1
let tally: SinkTally = { bytes: 0, digests: [] }

function serve(socket: Socket): void {
  const hash = createHash('sha1')
  let received = 0
  let answered = 0
  let isMqtt = false
  socket.on('data', (chunk: Buffer) => {
    if (received === 0) {
      isMqtt = chunk[0] === CONNECT_TYPE
      if (isMqtt) socket.write(CONNACK)
    }
    received += chunk.length
    tally.bytes += chunk.length
    hash.update(chunk)
    if (isMqtt) return
    for (; answered < Math.floor(received / requestBytes); answered += 1) socket.write(answer)
  })
  socket.on('end', () => {
    tally.digests.push(hash.digest('hex'))
    socket.end()
  })
  socket.on('error', () => undefined)
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, serve)
server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', ({ payloadBytes }: { payloadBytes: number }) => {
  answer = postAnswer(payloadBytes)
  requestBytes = postRequest(payloadBytes).length
  process.send?.(tally)
  tally = { bytes: 0, digests: [] }
})
process.on('disconnect', () => process.exit())
