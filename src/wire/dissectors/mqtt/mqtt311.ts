import { CLAUSES_311 } from './fields.ts'
import { mqttDissector } from './mqtt-stream.ts'
import { BODY_READERS } from './mqtt311-bodies.ts'
import { PACKET_TYPES } from './mqtt311-packets.ts'
import { MqttSession } from './mqtt311-session.ts'

const V3 = {
  major: 3,
  packetTypes: PACKET_TYPES,
  bodies: BODY_READERS,
  clauses: {
    ...CLAUSES_311,
    fixedHeader: 'MQTT 3.1.1 §2.2',
    packetType: 'MQTT 3.1.1 §2.2.1',
    wrongFlags: 'MQTT-2.2.2-2',
  },
} as const

/** MQTT 3.1.1, the OASIS standard of 29 October 2014. */
export const dissectMqtt311 = mqttDissector({
  ...V3,
  openSession: (context) => new MqttSession({ protocolName: 'MQTT', level: 4 }, context),
})

/**
 * MQTT 3.1 of IBM and Eurotech, 2010. What differs on the wire is what it calls
 * itself; clauses are those of 3.1.1, which took them over.
 */
export const dissectMqtt31 = mqttDissector({
  ...V3,
  openSession: (context) => new MqttSession({ protocolName: 'MQIsdp', level: 3 }, context),
})
