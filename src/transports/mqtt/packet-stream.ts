import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What MQTT packets go through, and the socket below it: the same where nothing is between. */
export interface PacketStream {
  readonly socket: Socket
  readonly stream: Duplex
}

export const onSocket = (socket: Socket): PacketStream => ({ socket, stream: socket })
