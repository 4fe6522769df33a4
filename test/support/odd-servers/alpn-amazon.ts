import type { TLSSocket } from 'node:tls'
import { pemOf, type StartOddServer, speakMqtt, tlsServer } from './kit.ts'

/** Takes MQTT from who asks for it by ALPN, as clouds do at port 443. */
export const start: StartOddServer = ({ server }) =>
  tlsServer({
    ...{ ...pemOf(server), ALPNProtocols: ['x-amzn-mqtt-ca'] },
    handle(socket) {
      if ((socket as TLSSocket).alpnProtocol === false) socket.destroy()
      else speakMqtt(socket, () => null)
    },
  })
