import type { Packet } from 'mqtt-packet'
import { mqttServer, type StartOddServer } from './kit.ts'

/** Lets a client in, and not publish (MQTT 5.0 §3.4.2.1). */
export const start: StartOddServer = () =>
  mqttServer((packet, level) =>
    packet.cmd === 'publish' && level === 5
      ? [{ cmd: 'puback', messageId: packet.messageId, reasonCode: 0x87 } as Packet]
      : null,
  )
