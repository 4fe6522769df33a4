import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PaceMeter, PROBE } from '../../endpoint/probe-server.ts'
import { nowNs } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'

export interface ProbeRequest {
  /** The probe server's, or that of a relay before it. */
  address: string
  /** Bytes that go there and back one at a time, on a connection that is open. */
  echoes: number
  /** Bytes of a burst each way; 0: none. */
  upBytes: number
  downBytes: number
  deadlineMs: number
}

/** What a raw TCP connection reads of the way to the probe server. */
export interface ProbeOutcome {
  /** Nanoseconds, one an echo of a single byte. */
  echoNs: number[]
  /** Bytes a second that a burst came with, of what packets carry; null where there was none, or it was too short. */
  upBytesPerS: number | null
  downBytesPerS: number | null
}

/** @throws InstrumentError `connection`, `deadline` */
export async function probeLink(request: ProbeRequest): Promise<ProbeOutcome> {
  using deadline = new Deadline(request.deadlineMs)
  const { signal } = deadline
  const { hostname, port } = new URL(request.address)
  const dial = async (): Promise<Socket> => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      allowHalfOpen: true,
    })
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    await once(socket, 'connect')
    return socket
  }
  return await deadline.bound(async () => ({
    echoNs: request.echoes === 0 ? [] : await echo(await dial(), request.echoes),
    upBytesPerS: request.upBytes === 0 ? null : await pourUp(await dial(), request.upBytes),
    downBytesPerS: request.downBytes === 0 ? null : await pourDown(await dial(), request.downBytes),
  }))
}

/** The first echo waits for the handshake, and does not count. */
async function echo(socket: Socket, echoes: number): Promise<number[]> {
  const heard: number[] = []
  socket.write(Uint8Array.of(PROBE.echo, 0))
  await once(socket, 'data')
  for (let index = 0; index < echoes; index += 1) {
    const sentNs = nowNs()
    socket.write(Uint8Array.of(index & 0xff))
    await once(socket, 'data')
    heard.push(Number(nowNs() - sentNs))
  }
  await leave(socket)
  return heard
}

async function pourUp(socket: Socket, bytes: number): Promise<number | null> {
  const said: Buffer[] = []
  socket.on('data', (chunk: Buffer) => said.push(chunk))
  // Apart from the burst, which then begins with a full packet.
  socket.write(Uint8Array.of(PROBE.swallow))
  socket.end(Buffer.alloc(bytes, 0x2e))
  await once(socket, 'end')
  return JSON.parse(Buffer.concat(said).toString()) as number | null
}

async function pourDown(socket: Socket, bytes: number): Promise<number | null> {
  const meter = new PaceMeter()
  const ask = Buffer.alloc(5)
  ask[0] = PROBE.pour
  ask.writeUInt32BE(bytes, 1)
  socket.on('data', (chunk: Buffer) => meter.take(chunk.length))
  socket.write(ask)
  await once(socket, 'end')
  socket.end()
  return meter.bytesPerS
}

async function leave(socket: Socket): Promise<void> {
  socket.end()
  socket.resume()
  await once(socket, 'end')
}
