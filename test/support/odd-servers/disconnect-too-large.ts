import type { Packet } from 'mqtt-packet'
import { mqttServer, type StartOddServer } from './kit.ts'

/** Says that a packet was too large, and goes (MQTT 5.0 §3.14.2.1). */
export const start: StartOddServer = () =>
  mqttServer((packet, level) =>
    packet.cmd === 'publish' && level === 5
      ? [{ cmd: 'disconnect', reasonCode: 0x95 } as Packet]
      : null,
  )
