import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { stopped, targetOf, unlistenable, unreachable } from '../connection-errors.ts'
import { guardUdpSocket } from '../own-ports/guarded.ts'

/** As much as the system gives: a datagram that does not fit the queue is lost. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

const create = (host: string): Socket =>
  createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES })

/**
 * A socket connected to the address: it sends there and hears from there alone,
 * and where nobody has that port, the ICMP refusal comes back as ECONNREFUSED.
 * Nothing crosses the wire for it.
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export async function openUdpSocket(address: URL, signal: AbortSignal): Promise<Socket> {
  if (signal.aborted) throw stopped(signal)
  const { host, port } = targetOf(address)
  const socket = create(host)
  try {
    socket.connect(port, host)
    await once(socket, 'connect', { signal })
  } catch (cause) {
    socket.close()
    throw signal.aborted ? stopped(signal) : unreachable(address, cause)
  }
  return socket
}

/**
 * A socket on a free port; where this run is guarded, it hears this run's own alone.
 * @throws InstrumentError `connection`
 */
export async function bindUdpSocket(host: string): Promise<Socket> {
  const socket = create(host)
  guardUdpSocket(socket)
  try {
    socket.bind(0, host)
    await once(socket, 'listening')
  } catch (cause) {
    throw unlistenable(host, cause)
  }
  return socket
}
