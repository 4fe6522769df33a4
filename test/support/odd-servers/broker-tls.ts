import { mosquitto, mosquittoTls, type StartOddServer } from './kit.ts'

/** A Mosquitto over TLS. */
export const start: StartOddServer = (identities) => mosquitto(...mosquittoTls(identities))
