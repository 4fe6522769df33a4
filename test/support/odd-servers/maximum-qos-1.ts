import { mosquitto, type StartOddServer } from './kit.ts'

/** Maximum QoS 1 (MQTT 5.0 §3.2.2.3.4). */
export const start: StartOddServer = () => mosquitto('max_qos 1')
