import { PACKET_TYPES, type PacketName, type PacketType } from './mqtt311-packets.ts'

export type PacketName5 = PacketName | 'AUTH'

const AUTH: PacketType<PacketName5> = {
  name: 'AUTH',
  section: 'MQTT 5.0 §3.15',
  flags: 0,
  sender: null,
  layer: 'control',
  phase: 'setup',
}

/**
 * By the four high bits of the first byte (§2.1.2): those of 3.1.1, in sections
 * of the same numbers; here a server may send DISCONNECT (§3.14), and 15 is AUTH.
 */
export const PACKET_TYPES_5: readonly (PacketType<PacketName5> | undefined)[] = [
  ...PACKET_TYPES.map((type) =>
    type === undefined
      ? undefined
      : {
          ...type,
          section: type.section.replace('3.1.1', '5.0'),
          sender: type.name === 'DISCONNECT' ? null : type.sender,
        },
  ),
  AUTH,
]
