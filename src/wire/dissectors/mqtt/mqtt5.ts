import { mqttDissector } from './mqtt-stream.ts'
import { BODY_READERS_5 } from './mqtt5-bodies.ts'
import { PACKET_TYPES_5 } from './mqtt5-packets.ts'
import { CLAUSES_5 } from './mqtt5-properties.ts'
import { Mqtt5Session } from './mqtt5-session.ts'

/** MQTT 5.0, the OASIS standard of 7 March 2019. */
export const dissectMqtt5 = mqttDissector({
  major: 5,
  packetTypes: PACKET_TYPES_5,
  bodies: BODY_READERS_5,
  clauses: {
    ...CLAUSES_5,
    fixedHeader: 'MQTT 5.0 §2.1.1',
    packetType: 'MQTT 5.0 §2.1.2',
    wrongFlags: 'MQTT-2.1.3-1',
  },
  openSession: (context) => new Mqtt5Session(context),
})
