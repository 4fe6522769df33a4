import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { AnnouncementServer, announceTo } from './announcements.ts'
import { OwnPorts } from './own-ports/own-ports.ts'

const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
})

async function open(): Promise<{ ports: OwnPorts; server: AnnouncementServer }> {
  const ports = new OwnPorts('when-told')
  ports.guard('on')
  const server = await AnnouncementServer.open(ports)
  opened.push(server)
  return { ports, server }
}

describe('where connections are announced', () => {
  it('learns of every one that is opened later', async () => {
    const { ports, server } = await open()
    await announceTo(server.place)
    await announceTo(server.place)
    const socket = connect(server.place.port, '127.0.0.1')
    await once(socket, 'connect')
    const { localPort, localAddress } = socket
    const own = { protocol: 'tcp', address: localAddress, port: localPort } as const
    expect(
      await ports.admit({
        ...own,
        address: localAddress as string,
        port: localPort as number,
        to: server.place.port,
      }),
    ).toBe(true)
    socket.destroy()
  })

  it.each([
    ['who says nothing and leaves', ''],
    ['who speaks HTTP', 'GET / HTTP/1.1\r\nHost: somewhere.example\r\n\r\n'],
    ['who says one bit too little', 'f'.repeat(31)],
  ])('turns away %s', async (_, said) => {
    const { ports, server } = await open()
    const socket = connect(server.place.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.end(said)
    socket.resume()
    await once(socket, 'close')
    await expect.poll(() => ports.turnedAway()).toMatchObject([{ strangers: 1 }])
  })
})
