import { rawHttpServer, type StartOddServer } from './kit.ts'

/** Says 103 Early Hints before its answer (RFC 8297). */
export const start: StartOddServer = () =>
  rawHttpServer((socket) => {
    socket.write(
      'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    )
  })
