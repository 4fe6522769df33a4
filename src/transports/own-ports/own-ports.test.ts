import { once } from 'node:events'
import { connect, createServer, type Server, type Socket, type TcpNetConnectOpts } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type OwnPort, OwnPorts } from './own-ports.ts'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

const OWN: OwnPort = { protocol: 'tcp', address: '127.0.0.1', port: 40_000, to: 50_000 }

function guarding(): OwnPorts {
  const ports = new OwnPorts()
  ports.guard('on')
  opened.push(() => ports.guard('off'))
  return ports
}

async function serve(accept: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    opened.push(() => socket.destroy())
    accept(socket)
  })
  opened.push(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

function dial(target: TcpNetConnectOpts): Socket {
  const socket = connect(target)
  opened.push(() => socket.destroy())
  socket.on('error', () => {})
  return socket
}

const from = ({ remotePort = 0, localPort = 0 }: Socket): OwnPort => ({
  ...{ protocol: 'tcp', address: '127.0.0.1', port: remotePort, to: localPort },
})

describe('the ports of a run', () => {
  it('admits everybody until it guards', () => {
    const ports = new OwnPorts()
    expect(ports.admit(OWN)).toBe(true)
    ports.guard('on')
    expect(ports.admit(OWN)).toBe(false)
    ports.guard('off')
    expect(ports.admit(OWN)).toBe(true)
  })

  it.each(['127.0.0.1', 'localhost'])(
    'knows its own connection to %s when it is accepted',
    async (host) => {
      const ports = guarding()
      const accepted: unknown[] = []
      const port = await serve((socket) => accepted.push(ports.admit(from(socket))))
      const sockets = Array.from({ length: 50 }, () => dial({ port, host }))
      await Promise.all(sockets.map((socket) => once(socket, 'connect')))
      while (accepted.length < 50) await new Promise(setImmediate)
      // Not one promise: nothing is held, so nothing is measured differently.
      expect(accepted).toEqual(Array(50).fill(true))
    },
  )

  it('admits a connection once', () => {
    const ports = guarding()
    ports.add(OWN)
    expect(ports.admit(OWN)).toBe(true)
    expect(ports.admit(OWN)).toBe(false)
  })

  it('admits every datagram of a socket of its own', () => {
    const ports = guarding()
    ports.add({ ...OWN, protocol: 'udp' })
    expect(ports.admit({ ...OWN, protocol: 'udp' })).toBe(true)
    expect(ports.admit({ ...OWN, protocol: 'udp' })).toBe(true)
    expect(ports.admit(OWN)).toBe(false)
  })

  it.each([
    ['another address', { address: '127.0.0.2' }],
    ['another port', { port: 40_001 }],
    ['another listener', { to: 50_001 }],
  ])('refuses whoever comes from or to %s', (_what, other) => {
    const ports = guarding()
    ports.add(OWN)
    expect(ports.admit({ ...OWN, ...other })).toBe(false)
    expect(ports.admit({ ...OWN, address: '::ffff:127.0.0.1' })).toBe(true)
  })

  it('waits while a socket of its own has no port yet, and no longer', async () => {
    const ports = guarding()
    const port = await serve(() => {})
    let found: (address: string) => void = () => {}
    dial({
      port,
      host: 'a.test',
      family: 4,
      lookup: (_host, _options, done) => {
        found = (address) => done(null, address, 4)
      },
    })
    while (found.length === 0) await new Promise(setImmediate)
    const verdict = ports.admit(OWN)
    expect(verdict).toBeInstanceOf(Promise)
    found('127.0.0.1')
    expect(await verdict).toBe(false)
    expect(ports.admit(OWN)).toBe(false)
  })

  it('waits for what others announce', async () => {
    const ports = guarding()
    const expecting = ports.expectAnnouncements()
    const own = ports.admit(OWN)
    const stranger = ports.admit({ ...OWN, port: 40_001 })
    ports.add(OWN)
    expect(await own).toBe(true)
    expecting[Symbol.dispose]()
    expect(await stranger).toBe(false)
    expect(ports.admit(OWN)).toBe(false)
  })

  it('tells a port before the connection is there', async () => {
    const ports = new OwnPorts()
    const told: OwnPort[] = []
    const telling = ports.onOwnPort((own) => told.push(own))
    const port = await serve(() => {})
    const socket = dial({ port, host: '127.0.0.1' })
    let toldBefore = 0
    socket.prependOnceListener('connect', () => {
      toldBefore = told.length
    })
    await once(socket, 'connect')
    expect(toldBefore).toBe(1)
    expect(told).toEqual([{ ...OWN, port: socket.localPort, to: port }])
    telling[Symbol.dispose]()
    await once(dial({ port, host: '127.0.0.1' }), 'connect')
    expect(told).toHaveLength(1)
  })

  it('counts who is turned away by listener, and names the first few', () => {
    const ports = guarding()
    for (let port = 1; port <= 7; port += 1) ports.turnAway({ ...OWN, port })
    ports.turnAway({ ...OWN, address: '::1', to: 50_001 })
    expect(ports.turnedAway()).toEqual([
      {
        ...{ protocol: 'tcp', port: 50_000, strangers: 7 },
        first: [1, 2, 3, 4, 5].map((port) => `127.0.0.1:${port}`),
      },
      { protocol: 'tcp', port: 50_001, strangers: 1, first: ['[::1]:40000'] },
    ])
    ports.guard('on')
    expect(ports.turnedAway()).toEqual([])
  })
})
