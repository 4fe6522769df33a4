import { mosquitto, type StartOddServer } from './kit.ts'

/** No topic alias (MQTT 5.0 §3.2.2.3.8). */
export const start: StartOddServer = () => mosquitto('max_topic_alias 0')
