import { type StartOddServer, tcpServer } from './kit.ts'

/** Accepts, and stays silent. */
export const start: StartOddServer = () =>
  tcpServer((socket) => {
    socket.resume()
  })
