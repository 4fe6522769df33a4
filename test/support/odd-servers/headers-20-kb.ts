import { rawHttpServer, type StartOddServer } from './kit.ts'

/** 20 kB of header fields. */
export const start: StartOddServer = () =>
  rawHttpServer((socket) => {
    const long = 'x'.repeat(20_000)
    socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${long}\r\nContent-Length: 0\r\n\r\n`)
  })
