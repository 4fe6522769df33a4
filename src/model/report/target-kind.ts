import type { Protocol } from '../vocabulary.ts'

/** What a server that is already there speaks, and which of the two flags names it. */
export const TARGET_KINDS = ['http', 'mqtt'] as const
export type TargetKind = (typeof TARGET_KINDS)[number]

/** Whose server a protocol is measured on where one is named; null: always the embedded endpoint. */
export function targetKindOf(protocol: Protocol): TargetKind | null {
  if (protocol.startsWith('http/')) return 'http'
  return protocol.startsWith('mqtt/') ? 'mqtt' : null
}

/** Where its traffic goes: what is not on this machine is somebody's network and somebody's server. */
export const TARGET_PLACES = ['this-machine', 'elsewhere'] as const
export type TargetPlace = (typeof TARGET_PLACES)[number]
