import { rawHttpServer, type StartOddServer } from './kit.ts'

/** Says 100 Continue, which nobody has asked for (RFC 9110 §15.2.1). */
export const start: StartOddServer = () =>
  rawHttpServer((socket) => {
    socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n')
  })
