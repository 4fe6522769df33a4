import { httpServer, type StartOddServer } from './kit.ts'

/** Answers after two seconds. */
export const start: StartOddServer = () =>
  httpServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.writeHead(204).end(), 2_000))
  })
