import { mosquitto, type StartOddServer } from './kit.ts'

/** A Mosquitto that nobody may use without a name. */
export const start: StartOddServer = async () =>
  // Whichever line comes last counts.
  mosquitto('allow_anonymous false')
