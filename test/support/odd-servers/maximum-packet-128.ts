import { mosquitto, type StartOddServer } from './kit.ts'

/** Maximum Packet Size 128 (MQTT 5.0 §3.2.2.3.6). */
export const start: StartOddServer = () => mosquitto('max_packet_size 128')
