import type { Direction, Layer, Phase } from '../../../model/vocabulary.ts'

export interface PacketType<Name extends string> {
  name: Name
  /** Section of the specification that defines it. */
  section: string
  /** The four low bits of the first byte; null for PUBLISH, whose bits carry DUP, QoS and RETAIN. */
  flags: number | null
  /** Who may send it; null: both. */
  sender: Direction | null
  /** Of everything but a PUBLISH's payload. */
  layer: Layer
  phase: Phase
}

function packet<Name extends string>(
  name: Name,
  section: string,
  flags: number | null,
  sender: Direction | null,
  layer: Layer,
  phase: Phase,
): PacketType<Name> {
  return { name, section: `MQTT 3.1.1 §${section}`, flags, sender, layer, phase }
}

/** By the four high bits of the first byte (§2.2.1); 0 and 15 are reserved. */
export const PACKET_TYPES = [
  undefined,
  packet('CONNECT', '3.1', 0, 'up', 'control', 'setup'),
  packet('CONNACK', '3.2', 0, 'down', 'control', 'setup'),
  packet('PUBLISH', '3.3', null, null, 'framing', 'steady'),
  packet('PUBACK', '3.4', 0, null, 'acknowledgement', 'steady'),
  packet('PUBREC', '3.5', 0, null, 'acknowledgement', 'steady'),
  packet('PUBREL', '3.6', 2, null, 'acknowledgement', 'steady'),
  packet('PUBCOMP', '3.7', 0, null, 'acknowledgement', 'steady'),
  packet('SUBSCRIBE', '3.8', 2, 'up', 'control', 'setup'),
  packet('SUBACK', '3.9', 0, 'down', 'control', 'setup'),
  packet('UNSUBSCRIBE', '3.10', 2, 'up', 'control', 'setup'),
  packet('UNSUBACK', '3.11', 0, 'down', 'control', 'setup'),
  packet('PINGREQ', '3.12', 0, 'up', 'control', 'idle'),
  packet('PINGRESP', '3.13', 0, 'down', 'control', 'idle'),
  packet('DISCONNECT', '3.14', 0, 'up', 'control', 'close'),
] as const

export type PacketName = NonNullable<(typeof PACKET_TYPES)[number]>['name']
