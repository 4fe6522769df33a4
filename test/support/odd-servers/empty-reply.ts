import { rawHttpServer, type StartOddServer } from './kit.ts'

/** Closes in place of an answer. */
export const start: StartOddServer = () =>
  rawHttpServer((socket) => {
    socket.end()
  })
