import { rawHttpServer, type StartOddServer } from './kit.ts'

/** HTTP/1.0: a connection an answer, whose end is the end of its content. */
export const start: StartOddServer = () =>
  rawHttpServer((socket) => {
    socket.end('HTTP/1.0 200 OK\r\n\r\nok')
  })
