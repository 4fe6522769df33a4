import { CLAUSES_311 } from './fields.ts'
import { mqttDissector } from './mqtt-stream.ts'
import { BODY_READERS } from './mqtt311-bodies.ts'
import { PACKET_TYPES } from './mqtt311-packets.ts'
import { MqttSession } from './mqtt311-session.ts'

/** MQTT 3.1.1, the OASIS standard of 29 October 2014. */
export const dissectMqtt311 = mqttDissector({
  packetTypes: PACKET_TYPES,
  bodies: BODY_READERS,
  clauses: {
    ...CLAUSES_311,
    fixedHeader: 'MQTT 3.1.1 §2.2',
    packetType: 'MQTT 3.1.1 §2.2.1',
    wrongFlags: 'MQTT-2.2.2-2',
  },
  openSession: () => new MqttSession(),
})
