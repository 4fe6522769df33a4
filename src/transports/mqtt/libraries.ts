import type { Library } from '../../model/wire/library.ts'

/** The client; what it asks decides what it is answered. */
export const MQTT_JS: Library = { name: 'mqtt', moves: 'both' }

/** Encodes the packets of MQTT.js, of Aedes, and those that are sent bare. */
export const MQTT_PACKET: Library = { name: 'mqtt-packet', moves: 'both' }

/** The embedded broker. */
export const AEDES: Library = { name: 'aedes', moves: 'both' }
