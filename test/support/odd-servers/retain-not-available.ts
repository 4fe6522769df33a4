import { mosquitto, type StartOddServer } from './kit.ts'

/** Retain Available 0 (MQTT 5.0 §3.2.2.3.5). */
export const start: StartOddServer = () => mosquitto('retain_available false')
