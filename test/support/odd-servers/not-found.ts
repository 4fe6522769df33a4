import { httpServer, type StartOddServer } from './kit.ts'

/** A web server that has nothing at any path. */
export const start: StartOddServer = () =>
  httpServer((request, response) => {
    request.resume().on('end', () => response.writeHead(404).end())
  })
