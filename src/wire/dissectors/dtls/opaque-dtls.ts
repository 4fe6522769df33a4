import type { Direction, Phase } from '../../../model/vocabulary.ts'
import type { DatagramDissectorFactory } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { ENCRYPTED } from '../tls/opaque-tls.ts'
import { CONTENT, type DtlsRecord, readRecords, securityPart } from './dtls-records.ts'

const CLAUSE = 'RFC 6347 §4.1'

/** By content type; of which phase it is where it cannot be opened. */
const RECORDS: Readonly<Record<number, { label: string; phase: Phase }>> = {
  [CONTENT.changeCipherSpec]: { label: 'change_cipher_spec', phase: 'setup' },
  [CONTENT.alert]: { label: 'alert', phase: 'close' },
  [CONTENT.handshake]: { label: 'handshake', phase: 'setup' },
  [CONTENT.applicationData]: { label: 'application data', phase: 'steady' },
}

/** Content types of DTLS 1.2 and below; CoAP and TURN begin with others (RFC 7983 §7). */
export const beginsLikeDtls = (datagram: Uint8Array): boolean =>
  datagram[1] === 0xfe && (datagram[0] ?? 0) in RECORDS

/** DTLS whose keys are not known, accounted for by record, of which a datagram has one or several. */
export const dissectOpaqueDtls: DatagramDissectorFactory = (sink) => {
  const offsets = { up: 0, down: 0 }
  const tell = (direction: Direction, { contentType, header, epoch, fragment }: DtlsRecord) => {
    const { label, phase } = RECORDS[contentType] ?? { label: 'unknown', phase: 'steady' as const }
    const content = contentType === CONTENT.applicationData ? ENCRYPTED : label
    const lengthBytes = header.length + fragment.length
    sink.frame({
      ...{ direction, phase, label: `${label} record`, clause: CLAUSE, lengthBytes },
      offset: offsets[direction],
      parts: [
        securityPart('record header', header.length, CLAUSE, `epoch ${epoch}`),
        securityPart(content, fragment.length, CLAUSE),
      ],
    })
    offsets[direction] += lengthBytes
  }
  return {
    carrier: 'datagrams',
    feed: (direction, datagram) => {
      try {
        for (const record of readRecords(datagram)) tell(direction, record)
      } catch (error) {
        if (!(error instanceof MalformedBytes)) throw error
        sink.unexplained({ direction, offset: offsets[direction], reason: error.message })
        offsets[direction] += datagram.length
      }
    },
    end: () => undefined,
  }
}
