/**
 * What reader and writer of pcapng share (draft-ietf-opsawg-pcapng): numbers
 * of blocks, options and link types.
 */

/** Block types (§4); the first reads the same in both byte orders. */
export const BLOCK = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  /** Superseded by the enhanced one, and still written (appendix A). */
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  systemdJournal: 9,
  decryptionSecrets: 10,
  custom: 0xbad,
  customNotCopied: 0x40000bad,
} as const

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** Option codes: those of all blocks (§3.5), then of the section, the interface, the packet (§4.1 to §4.3). */
export const OPTION = {
  end: 0,
  comment: 1,
  application: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  timeResolution: 9,
  timeOffset: 14,
  packetFlags: 2,
} as const

/** Of a packet, in its flags (§4.3.1). */
export const PACKET_DIRECTION = { inbound: 1, outbound: 2 } as const

/** Secrets in the form of a key log (§4.7): `TLSK`. */
export const TLS_KEY_LOG = 0x544c534b

/** Ten to the minus so many seconds. */
export const NANOSECONDS = 9
/** Where an interface does not say (§4.2). */
export const DEFAULT_TIME_RESOLUTION = 6
