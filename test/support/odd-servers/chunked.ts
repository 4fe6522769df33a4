import { rawHttpServer, type StartOddServer } from './kit.ts'

/** The content of its answer comes in chunks (RFC 9112 §7.1). */
export const start: StartOddServer = () =>
  rawHttpServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n')
  })
