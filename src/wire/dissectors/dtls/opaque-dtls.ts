import type { Direction } from '../../../model/vocabulary.ts'
import type { DatagramDissectorFactory } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { closedKind } from '../tls/opaque-tls.ts'
import { RECORD_KINDS, securityPart } from '../tls/tls-records.ts'
import { type DtlsRecord, readRecords } from './dtls-records.ts'

const CLAUSE = 'RFC 6347 §4.1'

/** Content types of DTLS 1.2 and below; CoAP and TURN begin with others (RFC 7983 §7). */
export const beginsLikeDtls = (datagram: Uint8Array): boolean =>
  datagram[1] === 0xfe && (datagram[0] ?? 0) in RECORD_KINDS

/** DTLS whose keys are not known, accounted for by record, of which a datagram has one or several. */
export const dissectOpaqueDtls: DatagramDissectorFactory = (sink) => {
  const offsets = { up: 0, down: 0 }
  const tell = (direction: Direction, { contentType, header, epoch, fragment }: DtlsRecord) => {
    const { label, phase, content } = closedKind(contentType)
    const lengthBytes = header.length + fragment.length
    sink.frame({
      ...{ direction, phase, label, clause: CLAUSE, lengthBytes },
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
