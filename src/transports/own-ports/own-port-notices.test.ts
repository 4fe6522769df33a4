import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { guardServer } from './guarded.ts'
import { announceOwnPorts, learnOwnPorts } from './own-port-notices.ts'
import { type OwnPort, OwnPorts } from './own-ports.ts'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function bind(server: Server): Promise<number> {
  opened.push(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

function dial(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  opened.push(() => socket.destroy())
  socket.on('error', () => {})
  return socket
}

/** Both ends of a connection. */
async function pair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer()
  const near = dial(await bind(server))
  const [far] = (await once(server, 'connection')) as [Socket]
  opened.push(() => far.destroy())
  return { near, far }
}

interface Greeter {
  readonly port: number
  /** Resolves when somebody has come, whether he is let in or not. */
  readonly accepting: Promise<unknown>
  dropHeld(): void
}

/** A server that is guarded by `ports`, and says hello to whom it is told of. */
async function greet(ports: OwnPorts): Promise<Greeter> {
  const server = createServer((socket) => {
    opened.push(() => socket.destroy())
    socket.on('error', () => {})
    socket.once('data', (said) => socket.end(`hello ${said}`))
  })
  const dropHeld = guardServer(server, ports)
  // Told in the same turn: whoever came before is held by then.
  const accepting = once(server, 'accepted')
  const emit = server.emit.bind(server)
  server.emit = (event: string, ...details: unknown[]) => {
    const isHeard = emit(event, ...details)
    if (event === 'connection') emit('accepted')
    return isHeard
  }
  return { port: await bind(server), accepting, dropHeld }
}

async function ask(port: number): Promise<string> {
  const socket = dial(port)
  let heard = ''
  socket.on('data', (said) => {
    heard += said
  })
  socket.write('you')
  await new Promise((resolve) => socket.once('close', resolve))
  return heard
}

function guarding(): OwnPorts {
  // This process plays both: the endpoint's does not see what the load's opens.
  const ports = new OwnPorts('when-told')
  ports.guard('on')
  opened.push(() => ports.guard('off'))
  return ports
}

describe('ports announced over a side channel', () => {
  it('let in the connections of the process that announces them', async () => {
    const { near, far } = await pair()
    const endpoint = guarding()
    const { port } = await greet(endpoint)
    learnOwnPorts(far, endpoint)
    const load = new OwnPorts()
    announceOwnPorts(near, ({ to }) => to === port, load)
    const heard = await Promise.all(Array.from({ length: 20 }, () => ask(port)))
    expect(heard).toEqual(Array(20).fill('hello you'))
    expect(endpoint.turnedAway()).toEqual([])
  })

  it('leave out a stranger, who is held and heard by nobody', async () => {
    const { near, far } = await pair()
    const endpoint = guarding()
    const { port, accepting } = await greet(endpoint)
    learnOwnPorts(far, endpoint)
    const asked = ask(port)
    await accepting
    expect(endpoint.turnedAway()).toEqual([])
    near.destroy()
    expect(await asked).toBe('')
    expect(endpoint.turnedAway()).toMatchObject([{ protocol: 'tcp', port, strangers: 1 }])
  })

  it('are read however they are cut, and what is no line of ours is passed over', async () => {
    const { near, far } = await pair()
    const endpoint = guarding()
    learnOwnPorts(far, endpoint)
    const own: OwnPort = { protocol: 'udp', address: '::1', port: 40_000, to: 50_000 }
    const text = `GET / HTTP/1.1\n${'x'.repeat(1000)}\nudp ::1 40000 50000\n`
    near.setNoDelay(true)
    for (const character of text) {
      near.write(character)
    }
    expect(await endpoint.admit(own)).toBe(true)
    expect(endpoint.admit(own)).toBe(true)
  })

  it('hold up no server that closes', async () => {
    const { far } = await pair()
    const endpoint = guarding()
    const { port, accepting, dropHeld } = await greet(endpoint)
    learnOwnPorts(far, endpoint)
    const asked = ask(port)
    await accepting
    dropHeld()
    expect(await asked).toBe('')
    far.destroy()
    await once(far, 'close')
    expect(endpoint.turnedAway()).toEqual([])
  })
})
