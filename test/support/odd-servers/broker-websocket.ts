import { freePort } from '../programs.ts'
import { mosquitto, type StartOddServer } from './kit.ts'

/** A Mosquitto with a listener of WebSockets; 2.0.11 does not start with that alone. */
export const start: StartOddServer = async () =>
  mosquitto('protocol websockets', `listener ${await freePort()} 127.0.0.1`)
