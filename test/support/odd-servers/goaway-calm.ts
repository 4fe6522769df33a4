import { constants, createServer } from 'node:http2'
import { listenOn, type StartOddServer } from './kit.ts'

/** Turns every client away with ENHANCE_YOUR_CALM (RFC 9113 §7). */
export const start: StartOddServer = () => {
  const server = createServer()
  server.on('stream', (stream) => {
    // A client that goes resets what is open.
    stream.on('error', () => {})
    stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  })
  server.on('sessionError', () => {})
  return listenOn(server)
}
