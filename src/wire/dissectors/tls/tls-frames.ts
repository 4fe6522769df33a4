import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { alertName } from './tls-names.ts'
import type { OpenedRecord } from './tls-record-protection.ts'
import { RECORD_HEADER_BYTES, securityPart, type TlsRecord } from './tls-records.ts'

/** A record whose content can be read, with what stands around it. */
export interface OpenRecord extends OpenedRecord {
  record: TlsRecord
  protection: 'plain' | 'protected'
}

/** What a record's content is, as a unit of its own. */
export type Unit = Pick<Frame, 'phase' | 'label' | 'clause' | 'parts'>

/** What stands before the content of a record. */
export const headOf = ({ before }: OpenRecord): FramePart[] => [
  securityPart('record header', RECORD_HEADER_BYTES, 'RFC 8446 §5.1'),
  ...before,
]

/** A record that carries nothing of the protocol inside. */
export function frameRecord(open: OpenRecord, { parts: inside, ...unit }: Unit): Frame {
  const { direction, offset, fragment } = open.record
  const lengthBytes = RECORD_HEADER_BYTES + fragment.length
  const parts = [...headOf(open), ...inside, ...open.after]
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
  return { phase: 'setup', label, clause, parts: [securityPart(label, 1, clause)] }
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
  return { phase: 'close', label, clause, parts: [securityPart('alert', 2, clause, text)] }
}
