import { mosquitto, type StartOddServer } from './kit.ts'

/** Server Keep Alive 30 (MQTT 5.0 §3.2.2.3.14). */
export const start: StartOddServer = () => mosquitto('max_keepalive 30')
