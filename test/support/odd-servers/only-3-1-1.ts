import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import { listenOn, type StartOddServer } from './kit.ts'

/** Aedes, which speaks no MQTT 5. */
export const start: StartOddServer = async () => {
  const aedes = await Aedes.createBroker()
  const server = await listenOn(createServer((socket) => void aedes.handle(socket)))
  return {
    port: server.port,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await new Promise<void>((resolve) => aedes.close(() => resolve()))
    },
  }
}
