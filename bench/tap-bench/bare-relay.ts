import { connect, createServer, type Socket } from 'node:net'

// What Node itself takes to pass bytes on, and nothing else: the floor of every relay
// that is written in it. `bare-relay.ts PORT TARGET`.

const [port, target] = process.argv.slice(2).map(Number) as [number, number]
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true }

function pump(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    if (!to.write(chunk)) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
  from.on('error', () => to.destroy())
}

createServer(SOCKET_OPTIONS, (client) => {
  const upstream = connect({ ...SOCKET_OPTIONS, host: '127.0.0.1', port: target })
  client.pause()
  upstream.once('connect', () => client.resume())
  pump(client, upstream)
  pump(upstream, client)
}).listen({ host: '127.0.0.1', port, backlog: 1024 })
process.on('SIGINT', () => process.exit())
