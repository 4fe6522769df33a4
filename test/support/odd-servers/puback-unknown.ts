import { generate, parser } from 'mqtt-packet'
import { connackWith, type StartOddServer, tcpServer } from './kit.ts'

/** A PUBACK with a code that no PUBACK has: 0x95, packet too large. */
export const start: StartOddServer = () =>
  tcpServer((socket) => {
    const read = parser({ protocolVersion: 5 })
    read.on('packet', ({ cmd, messageId = 0 }) => {
      if (cmd === 'connect') socket.write(generate(connackWith({}), { protocolVersion: 5 }))
      if (cmd === 'publish')
        socket.write(Buffer.of(0x40, 3, messageId >> 8, messageId & 0xff, 0x95))
    })
    socket.on('data', (bytes) => read.parse(bytes))
  })
