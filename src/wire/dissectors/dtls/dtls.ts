import type { Direction } from '../../../model/vocabulary.ts'
import type {
  DatagramDissectorFactory,
  Dissector,
  DissectorSink,
  Frame,
} from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { type DatagramFrame, datagramStream } from '../parsing/datagram-stream.ts'
import type { TlsSecrets } from '../tls/keys/tls-secrets.ts'
import { alertName } from '../tls/tls-names.ts'
import { CONTENT, securityPart } from '../tls/tls-records.ts'
import { uint } from '../tls/tls-registry.ts'
import { DtlsKeys } from './dtls-keys.ts'
import {
  type DtlsRecord,
  HANDSHAKE_HEADER_BYTES,
  readRecords,
  recordHeaderParts,
} from './dtls-records.ts'

/** RFC 6347 §4.3.2, RFC 5246 §7.4. */
const HANDSHAKE_NAMES: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  3: 'HelloVerifyRequest',
  4: 'NewSessionTicket',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
}

/** Of those that DTLS has in a way of its own. */
const DTLS_CLAUSES: Readonly<Record<string, string>> = {
  HelloVerifyRequest: 'RFC 6347 §4.2.1',
  Finished: 'RFC 6347 §4.2.6',
}

/**
 * DTLS 1.2 (RFC 6347) around a protocol of datagrams. A datagram is a frame; the
 * inner dissector reads what its record carries, and the frame comes back with
 * the record around it as `security`: 29 bytes with AES-CCM-8, header 13, nonce 8
 * and tag 8. Handshake, change_cipher_spec and alerts are frames of their own.
 * @param secrets are looked up by the random of ClientHello, and may come late
 */
export function dissectDtls(
  inner: DatagramDissectorFactory,
  secrets: TlsSecrets,
): DatagramDissectorFactory {
  return (sink) => new DtlsConnection(inner, secrets, sink)
}

class DtlsConnection implements Dissector {
  readonly carrier = 'datagrams'
  readonly #keys: DtlsKeys
  readonly #streams: Record<Direction, (datagram: Uint8Array) => void>
  readonly #inner: Dissector
  readonly #stopWatching: () => void
  /** From the first datagram whose key is not known, in the order of their arrival. */
  #queue: [Direction, Uint8Array][] = []
  /** What the inner dissector made of the datagram that it was just fed. */
  #inside: Frame | null = null
  #isOver = false

  constructor(inner: DatagramDissectorFactory, secrets: TlsSecrets, sink: DissectorSink) {
    this.#keys = new DtlsKeys(secrets)
    const open = (direction: Direction) =>
      datagramStream(direction, sink, (datagram) => this.#read(direction, datagram))
    this.#streams = { up: open('up'), down: open('down') }
    this.#inner = inner({
      frame: (frame) => {
        this.#inside = frame
      },
      unexplained: ({ reason }) => {
        throw new MalformedBytes(`${reason}, in what the record carries`)
      },
    })
    this.#stopWatching = secrets.watch(() => this.#drain())
  }

  feed(direction: Direction, datagram: Uint8Array): void {
    this.#queue.push([direction, datagram])
    this.#drain()
  }

  end(): void {
    this.#isOver = true
    this.#stopWatching()
    this.#drain()
    this.#inner.end()
  }

  #drain(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const [direction, datagram] = next
      if (!this.#isOver && this.#mustWait(datagram)) return
      this.#queue.shift()
      this.#streams[direction](datagram)
    }
  }

  #mustWait(datagram: Uint8Array): boolean {
    try {
      const isProtected = readRecords(datagram).some(({ epoch }) => epoch > 0)
      return isProtected && this.#keys.suite !== null && !this.#keys.isKnown
    } catch {
      // It says what is wrong when it is read.
      return false
    }
  }

  #read(direction: Direction, datagram: Uint8Array): DatagramFrame {
    const units = readRecords(datagram).map((record) => this.#readRecord(direction, record))
    const [first] = units
    if (first === undefined)
      throw new MalformedBytes('a datagram holds no record (RFC 6347 §4.1.1)')
    const carrying = units.find(({ message }) => message !== undefined) ?? first
    const main = units.find(({ phase }) => phase === 'steady') ?? carrying
    return {
      ...main,
      label: units.map(({ label }) => label).join(', '),
      parts: units.flatMap(({ parts }) => parts),
    }
  }

  #readRecord(direction: Direction, record: DtlsRecord): DatagramFrame {
    const head = recordHeaderParts(record)
    if (record.epoch === 0) {
      const unit = this.#readUnit(direction, record.contentType, record.fragment)
      return { ...unit, parts: [...head, ...unit.parts] }
    }
    const opened = this.#keys.open(direction, record)
    const unit = this.#readUnit(direction, opened.contentType, opened.content)
    return { ...unit, parts: [...head, ...opened.before, ...unit.parts, ...opened.after] }
  }

  #readUnit(direction: Direction, contentType: number, content: Uint8Array): DatagramFrame {
    switch (contentType) {
      case CONTENT.handshake:
        return this.#readHandshake(content)
      case CONTENT.changeCipherSpec: {
        const clause = 'RFC 5246 §7.1'
        const parts = [securityPart('change_cipher_spec', content.length, clause)]
        return { phase: 'setup', label: 'change_cipher_spec', clause, parts }
      }
      case CONTENT.alert:
        return readAlert(content)
      case CONTENT.applicationData:
        return this.#readInside(direction, content)
      default:
        throw new MalformedBytes(`content type ${contentType} is none of DTLS (RFC 6347 §4.1)`)
    }
  }

  /** One message, or a fragment of one (RFC 6347 §4.2.3), a record. */
  #readHandshake(content: Uint8Array): DatagramFrame {
    const name = HANDSHAKE_NAMES[content[0] ?? -1]
    const body = content.subarray(HANDSHAKE_HEADER_BYTES)
    const fragmentBytes = uint(content.subarray(9, HANDSHAKE_HEADER_BYTES))
    const isWhole = content.length >= HANDSHAKE_HEADER_BYTES && fragmentBytes === body.length
    if (!isWhole || name === undefined) {
      throw new MalformedBytes('a record is not one message of the handshake (RFC 6347 §4.2.2)')
    }
    if (name === 'ClientHello') this.#keys.readClientHello(body)
    if (name === 'ServerHello') this.#keys.readServerHello(body)
    const text = name === 'ServerHello' ? (this.#keys.suite ?? undefined) : undefined
    const clause = DTLS_CLAUSES[name] ?? 'RFC 5246 §7.4'
    return {
      phase: 'setup',
      label: name,
      clause,
      parts: [
        securityPart('handshake header', HANDSHAKE_HEADER_BYTES, 'RFC 6347 §4.2.2'),
        ...(body.length > 0 ? [securityPart(name, body.length, clause, text)] : []),
      ],
    }
  }

  #readInside(direction: Direction, content: Uint8Array): DatagramFrame {
    this.#inside = null
    this.#inner.feed(direction, content)
    if (this.#inside === null) {
      throw new MalformedBytes('what the record carries cannot be explained')
    }
    const { phase, label, clause, message, parts }: Frame = this.#inside
    return { phase, label, clause, parts, ...(message !== undefined && { message }) }
  }
}

/** RFC 5246 §7.2. */
function readAlert(content: Uint8Array): DatagramFrame {
  const [level, description] = content
  if (content.length !== 2 || description === undefined || (level !== 1 && level !== 2)) {
    throw new MalformedBytes('an alert is not a level and a description (RFC 5246 §7.2)')
  }
  const label = alertName(description)
  const text = `${level === 1 ? 'warning' : 'fatal'}, ${label}`
  const clause = 'RFC 5246 §7.2'
  return { phase: 'close', label, clause, parts: [securityPart('alert', 2, clause, text)] }
}
