import type { Case } from './case.ts'

/** MQTT: connections that began earlier, broken rules of the session, gaps, dialects. */
export const MQTT_CASES: readonly Case[] = []
