import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import { type OwnPort, type OwnPorts, ownPorts } from './own-ports.ts'

/**
 * Lets a server see the connections of this run alone, where they are guarded:
 * it is told of them as ever, in the same turn, and never of any other. Those
 * are destroyed without an answer and counted.
 * @returns destroys whoever is held until it is known who that is
 */
export function guardServer(server: Server, ports: OwnPorts = ownPorts): () => void {
  const held = new Set<Socket>()
  filterEvents(server, 'connection', (pass, socket: Socket) => {
    if (!ports.isGuarding) return pass()
    const connection = connectionOf(socket)
    if (connection === null) {
      // It was gone before it could be asked where it comes from.
      socket.destroy()
      return
    }
    const refuse = (): void => {
      ports.turnAway(connection)
      socket.destroy()
    }
    const isOwn = ports.admit(connection)
    if (isOwn === true) return pass()
    if (isOwn === false) return refuse()
    held.add(socket)
    const ignore = (): void => {}
    socket.on('error', ignore)
    // Without a reader what it sends stays where it is.
    void isOwn.then((isAdmitted) => {
      // It was dropped: nobody asks any more whose it was.
      if (!held.delete(socket)) return
      socket.off('error', ignore)
      if (!isAdmitted) refuse()
      else if (!socket.destroyed) pass()
    })
  })
  return () => {
    for (const socket of held) socket.destroy()
    held.clear()
  }
}

/** The same for datagrams: those of strangers are dropped, each stranger counted once. */
export function guardUdpSocket(socket: UdpSocket, ports: OwnPorts = ownPorts): void {
  const refused = new Set<string>()
  /** Datagrams in their order, by where they come from. */
  const held = new Map<string, (() => void)[]>()
  filterEvents(socket, 'message', (pass, _datagram: Buffer, { address, port }: RemoteInfo) => {
    if (!ports.isGuarding) return pass()
    const from = `${address} ${port}`
    const waiting = held.get(from)
    if (waiting !== undefined) {
      waiting.push(pass)
      return
    }
    const datagram: OwnPort = { protocol: 'udp', address, port, to: socket.address().port }
    const refuse = (): void => {
      if (!refused.has(from)) ports.turnAway(datagram)
      refused.add(from)
    }
    const isOwn = ports.admit(datagram)
    if (isOwn === true) return pass()
    if (isOwn === false) return refuse()
    const passes = [pass]
    held.set(from, passes)
    void isOwn.then((isAdmitted) => {
      held.delete(from)
      if (!isAdmitted) refuse()
      else for (const each of passes) each()
    })
  })
}

function connectionOf(socket: Socket): OwnPort | null {
  const { remoteAddress: address, remotePort: port, localPort: to } = socket
  if (address === undefined || port === undefined || to === undefined) return null
  return { protocol: 'tcp', address, port, to }
}

type Emit = (this: unknown, event: string | symbol, ...details: unknown[]) => boolean

/** Every listener hears of it, whenever it was added, or none. */
function filterEvents<Details extends unknown[]>(
  emitter: { emit: unknown },
  name: string,
  decide: (pass: () => void, ...details: Details) => void,
): void {
  const emit = emitter.emit as Emit
  const filtered: Emit = (event, ...details) => {
    if (event !== name) return emit.call(emitter, event, ...details)
    decide(() => void emit.call(emitter, event, ...details), ...(details as Details))
    return true
  }
  emitter.emit = filtered
}
