import { mosquitto, type StartOddServer } from './kit.ts'

/** A Mosquitto in the clear, as it comes. */
export const start: StartOddServer = () => mosquitto()
