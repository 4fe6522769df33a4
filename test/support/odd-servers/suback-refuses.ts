import type { Packet } from 'mqtt-packet'
import { mqttServer, type StartOddServer } from './kit.ts'

/** Grants no subscription: 0x80 in MQTT 3.1.1, 0x87 in 5. */
export const start: StartOddServer = () =>
  mqttServer((packet, level) =>
    packet.cmd === 'subscribe'
      ? [
          {
            cmd: 'suback',
            messageId: packet.messageId,
            granted: [level === 5 ? 0x87 : 0x80],
          } as Packet,
        ]
      : null,
  )
