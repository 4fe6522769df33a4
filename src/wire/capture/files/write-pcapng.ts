import {
  BLOCK,
  BYTE_ORDER_MAGIC,
  NANOSECONDS,
  OPTION,
  PACKET_DIRECTION,
  TLS_KEY_LOG,
} from './pcapng-format.ts'

export interface InterfaceDescription {
  name: string
  description: string
  linkType: number
}

export interface WrittenPacket {
  /** Of the file's interfaces, counted from 0 in the order of their descriptions. */
  interface: number
  /** Nanoseconds since 1970. */
  atNs: bigint
  bytes: Uint8Array
  direction: keyof typeof PACKET_DIRECTION
  comment?: string
}

/** Of a packet: all of it is in the file. */
const NO_SNAP_LENGTH = 0
const LENGTH_UNKNOWN = -1n

/** A section's first block: who wrote it, and what there is to say about all of it. */
export const sectionHeader = (application: string, comment: string): Uint8Array => {
  const body = Buffer.alloc(16)
  body.writeUInt32LE(BYTE_ORDER_MAGIC, 0)
  body.writeUInt16LE(1, 4)
  body.writeUInt16LE(0, 6)
  body.writeBigInt64LE(LENGTH_UNKNOWN, 8)
  return block(BLOCK.sectionHeader, [
    body,
    ...options([
      [OPTION.comment, Buffer.from(comment)],
      [OPTION.application, Buffer.from(application)],
    ]),
  ])
}

/** Instants of its packets are nanoseconds. */
export const interfaceDescription = ({
  name,
  description,
  linkType,
}: InterfaceDescription): Uint8Array => {
  const body = Buffer.alloc(8)
  body.writeUInt16LE(linkType, 0)
  body.writeUInt32LE(NO_SNAP_LENGTH, 4)
  return block(BLOCK.interfaceDescription, [
    body,
    ...options([
      [OPTION.interfaceName, Buffer.from(name)],
      [OPTION.interfaceDescription, Buffer.from(description)],
      [OPTION.timeResolution, Buffer.of(NANOSECONDS)],
    ]),
  ])
}

/** Stands before the first packet that it opens. @param lines of a key log (RFC 9850) */
export const decryptionSecrets = (lines: readonly string[]): Uint8Array => {
  const log = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  const body = Buffer.alloc(8)
  body.writeUInt32LE(TLS_KEY_LOG, 0)
  body.writeUInt32LE(log.length, 4)
  return block(BLOCK.decryptionSecrets, [body, padded(log)])
}

export const enhancedPacket = (packet: WrittenPacket): Uint8Array => {
  const { bytes, atNs, direction, comment } = packet
  const body = Buffer.alloc(20)
  body.writeUInt32LE(packet.interface, 0)
  body.writeUInt32LE(Number(atNs >> 32n), 4)
  body.writeUInt32LE(Number(atNs & 0xffff_ffffn), 8)
  body.writeUInt32LE(bytes.length, 12)
  body.writeUInt32LE(bytes.length, 16)
  const flags = Buffer.alloc(4)
  flags.writeUInt32LE(PACKET_DIRECTION[direction])
  return block(BLOCK.enhancedPacket, [
    body,
    padded(bytes),
    ...options([
      ...(comment === undefined ? [] : [[OPTION.comment, Buffer.from(comment)] as const]),
      [OPTION.packetFlags, flags],
    ]),
  ])
}

/** Something to say about an interface behind its packets (§4.6). @param atNs since 1970 */
export const interfaceStatistics = (
  interfaceId: number,
  atNs: bigint,
  comment: string,
): Uint8Array => {
  const body = Buffer.alloc(12)
  body.writeUInt32LE(interfaceId, 0)
  body.writeUInt32LE(Number(atNs >> 32n), 4)
  body.writeUInt32LE(Number(atNs & 0xffff_ffffn), 8)
  return block(BLOCK.interfaceStatistics, [
    body,
    ...options([[OPTION.comment, Buffer.from(comment)]]),
  ])
}

/** Type and length before it, the length again behind it, all of it in whole words (§3.1). */
function block(type: number, pieces: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(pieces)
  const lengthBytes = body.length + 12
  const framed = Buffer.alloc(lengthBytes)
  framed.writeUInt32LE(type, 0)
  framed.writeUInt32LE(lengthBytes, 4)
  framed.set(body, 8)
  framed.writeUInt32LE(lengthBytes, lengthBytes - 4)
  return framed
}

function options(list: readonly (readonly [code: number, value: Buffer])[]): Uint8Array[] {
  return [...list, [OPTION.end, Buffer.alloc(0)] as const].flatMap(([code, value]) => {
    const head = Buffer.alloc(4)
    head.writeUInt16LE(code, 0)
    head.writeUInt16LE(value.length, 2)
    return [head, padded(value)]
  })
}

function padded(bytes: Uint8Array): Uint8Array {
  const filled = Buffer.alloc(Math.ceil(bytes.length / 4) * 4)
  filled.set(bytes)
  return filled
}
