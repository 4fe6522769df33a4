import type { Packet } from 'mqtt-packet'
import { connackWith, mqttServer, type StartOddServer } from './kit.ts'

/** Sends clients to another server (MQTT 5.0 §4.13). */
export const start: StartOddServer = () =>
  mqttServer(({ cmd }) =>
    cmd === 'connect'
      ? [{ ...connackWith({ serverReference: 'b.example:1883' }), reasonCode: 0x9c } as Packet]
      : null,
  )
