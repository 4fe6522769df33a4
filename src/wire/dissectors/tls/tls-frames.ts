import type { Phase } from '../../../model/vocabulary.ts'
import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { alertName } from './tls-names.ts'
import type { OpenedRecord, ProtectionPart } from './tls-record-protection.ts'
import { CONTENT, RECORD_HEADER_BYTES, type TlsRecord } from './tls-records.ts'

/** A record whose content can be read, with what stands around it. */
export interface OpenRecord {
  record: TlsRecord
  protection: 'plain' | 'protected'
  contentType: number
  content: Uint8Array
  head: FramePart[]
  tail: FramePart[]
}

/** What a record's content is, as a unit of its own. */
export interface Unit {
  phase: Phase
  label: string
  clause: string
  parts: FramePart[]
}

const security = (label: string, lengthBytes: number, clause: string): FramePart => ({
  layer: 'security',
  label,
  lengthBytes,
  clause,
})

const recordHeader = (): FramePart =>
  security('record header', RECORD_HEADER_BYTES, 'RFC 8446 §5.1')

export function openPlain(record: TlsRecord): OpenRecord {
  const { contentType, fragment: content } = record
  return { record, protection: 'plain', contentType, content, head: [recordHeader()], tail: [] }
}

export function openProtected(record: TlsRecord, opened: OpenedRecord): OpenRecord {
  const { content, contentType, before, after } = opened
  const head = [recordHeader(), ...before.map(protectionPart)]
  const tail = after.map(protectionPart)
  return { record, protection: 'protected', contentType, content, head, tail }
}

const protectionPart = ({ label, lengthBytes, clause }: ProtectionPart): FramePart =>
  security(label, lengthBytes, clause)

/** A record that carries nothing of the protocol inside. */
export function frameRecord(open: OpenRecord, { parts: inside, ...unit }: Unit): Frame {
  const { direction, offset, fragment } = open.record
  const lengthBytes = RECORD_HEADER_BYTES + fragment.length
  const parts = [...open.head, ...inside, ...open.tail]
  return { ...unit, direction, offset, lengthBytes, parts }
}

/** Application data of no bytes, which hides whether something was said (RFC 8446 §5.1). */
export const EMPTY: Unit = {
  phase: 'steady',
  label: 'empty record',
  clause: 'RFC 8446 §5.1',
  parts: [],
}

/** RFC 8446 §5 and §D.4: a byte for middleboxes that expect TLS 1.2. */
export function readChangeCipherSpec({ content, protection }: OpenRecord): Unit {
  const clause = 'RFC 8446 §5'
  if (protection === 'protected' || content.length !== 1 || content[0] !== 1) {
    throw new MalformedBytes(`change_cipher_spec is not the one plain byte 1 (${clause})`)
  }
  const label = 'change_cipher_spec'
  return { phase: 'setup', label, clause, parts: [security(label, 1, clause)] }
}

/** RFC 8446 §6. */
export function readAlert({ content }: OpenRecord): Unit {
  const [level, description] = content
  if (content.length !== 2 || description === undefined || (level !== 1 && level !== 2)) {
    throw new MalformedBytes('an alert is not a level and a description (RFC 8446 §6)')
  }
  const label = alertName(description)
  const clause = description === 0 ? 'RFC 8446 §6.1' : 'RFC 8446 §6.2'
  const text = `${level === 1 ? 'warning' : 'fatal'}, ${label}`
  return { phase: 'close', label, clause, parts: [{ ...security('alert', 2, clause), text }] }
}

/** For reasons: what a record is said to carry. */
export function contentName(contentType: number): string {
  switch (contentType) {
    case CONTENT.changeCipherSpec:
      return 'change_cipher_spec'
    case CONTENT.alert:
      return 'alert'
    case CONTENT.handshake:
      return 'handshake'
    case CONTENT.applicationData:
      return 'application data'
    default:
      return `content type ${contentType}`
  }
}
