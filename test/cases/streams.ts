import type { Case } from './case.ts'

/** TLS, WebSocket and CoAP. */
export const STREAM_CASES: readonly Case[] = []
