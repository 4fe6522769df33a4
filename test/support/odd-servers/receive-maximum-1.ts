import { mosquitto, type StartOddServer } from './kit.ts'

/** Receive Maximum 1 (MQTT 5.0 §3.2.2.3.3). */
export const start: StartOddServer = () => mosquitto('max_inflight_messages 1')
