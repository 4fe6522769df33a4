import type { Duplex } from 'node:stream'
import { createWebSocketStream, type WebSocket } from 'ws'

/** How long a client may take to close after it has said DISCONNECT. */
const GOODBYE_DEADLINE_MS = 2000

/**
 * The stream of MQTT packets in the messages of a WebSocket, as a client has it.
 *
 * A packet is one message. MQTT libraries write a packet field by field to a
 * corked stream, and the stream that `ws` makes sends each write as a message
 * of its own: PUBLISH in six, with six headers. MQTT.js gathers them where it
 * runs in a browser, and so does this.
 */
export function openPacketStream(webSocket: WebSocket): Duplex {
  const stream = createWebSocketStream(webSocket)
  stream._writev = (writes, done) => {
    webSocket.send(Buffer.concat(writes.map(({ chunk }) => chunk)), done)
  }
  return stream
}

/**
 * The same on the serving side. Aedes destroys its stream on DISCONNECT, which
 * on TCP is a FIN; here it would cut off the closing handshake (RFC 6455 §7.1.1)
 * that the client is about to begin, and whether it does would be a race.
 */
export function servePacketStream(webSocket: WebSocket): Duplex {
  const stream = openPacketStream(webSocket)
  stream._destroy = (error, done) => {
    if (webSocket.readyState === webSocket.CLOSED) {
      done(error)
      return
    }
    const deadline = setTimeout(() => webSocket.terminate(), GOODBYE_DEADLINE_MS)
    webSocket.once('close', () => {
      clearTimeout(deadline)
      done(error)
    })
    if (error) webSocket.terminate()
    // Whoever reads no more must still hear the close frame.
    else webSocket.resume()
  }
  return stream
}
