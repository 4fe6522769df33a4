import { httpServer, type StartOddServer } from './kit.ts'

/** Listens on ::1 alone. */
export const start: StartOddServer = () =>
  httpServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end())
  }, '::1')
