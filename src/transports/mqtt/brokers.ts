/** The brokers that an MQTT 3.1.1 transport can run on. Aedes speaks no MQTT 5. */
export const BROKERS = ['aedes', 'mosquitto'] as const
export type Broker = (typeof BROKERS)[number]
