import type { Direction } from '../../../model/vocabulary.ts'
import { DIRECTIONS } from '../../../model/vocabulary.ts'
import type { Dissector, DissectorFactory, DissectorSink } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { EnvelopedStream } from '../parsing/enveloped-stream.ts'
import { TlsKeys } from './keys/tls-keys.ts'
import type { TlsSecrets } from './keys/tls-secrets.ts'
import {
  contentName,
  EMPTY,
  frameRecord,
  type OpenRecord,
  openPlain,
  openProtected,
  readAlert,
  readChangeCipherSpec,
  type Unit,
} from './tls-frames.ts'
import { HandshakeStream } from './tls-handshake.ts'
import { type BrokenRecord, CONTENT, RecordStream, type TlsRecord } from './tls-records.ts'

/**
 * TLS 1.3 (RFC 8446) or 1.2 (RFC 5246) around the protocol that it carries. The inner dissector
 * sees the plaintext of both directions; its frames come back as they crossed
 * the wire, with 22 bytes of `security` a record (RFC 8446 §5.2), in TLS 1.2 with AES-GCM 29. Handshake, alerts and
 * change_cipher_spec are frames of their own.
 * @param secrets are looked up by the random of the connection's ClientHello, and may come late
 */
export function dissectTls(inner: DissectorFactory, secrets: TlsSecrets): DissectorFactory {
  return (sink) => new TlsConnection(inner, secrets, sink)
}

interface Side {
  readonly records: RecordStream
  readonly handshake: HandshakeStream
  readonly stream: EnvelopedStream
}

class TlsConnection implements Dissector {
  readonly #keys: TlsKeys
  readonly #sides: Record<Direction, Side>
  readonly #inner: Dissector
  readonly #stopWatching: () => void
  /**
   * Records of both directions in the order of their arrival, from the first
   * whose key is not known: the inner dissector must see an answer after what it
   * answers.
   */
  readonly #queue: (TlsRecord | BrokenRecord)[] = []

  constructor(inner: DissectorFactory, secrets: TlsSecrets, sink: DissectorSink) {
    this.#keys = new TlsKeys(secrets)
    this.#sides = { up: this.#openSide('up', sink), down: this.#openSide('down', sink) }
    this.#inner = inner({
      frame: (frame) => this.#sides[frame.direction].stream.wrap(frame),
      unexplained: (gap) => this.#sides[gap.direction].stream.stopInside(gap, 'TLS'),
    })
    this.#stopWatching = secrets.watch(() => this.#drain())
  }

  feed(direction: Direction, bytes: Uint8Array): void {
    this.#sides[direction].records.feed(bytes)
  }

  end(): void {
    this.#stopWatching()
    for (const direction of DIRECTIONS) this.#sides[direction].records.end()
    for (const { direction, offset } of this.#queue) {
      this.#sides[direction].stream.stop(offset, this.#keys.describeMissing())
    }
    this.#queue.length = 0
    this.#inner.end()
    for (const direction of DIRECTIONS) this.#sides[direction].stream.end()
  }

  #openSide(direction: Direction, sink: DissectorSink): Side {
    return {
      records: new RecordStream(direction, (record) => {
        this.#queue.push(record)
        this.#drain()
      }),
      handshake: new HandshakeStream(direction, this.#keys.negotiated, (event) =>
        this.#keys.follow(direction, event),
      ),
      stream: new EnvelopedStream(direction, sink),
    }
  }

  #drain(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (this.#read(next) === 'waiting') return
      this.#queue.shift()
    }
  }

  /** @returns whether the record has been read, or waits for its key */
  #read(record: TlsRecord | BrokenRecord): 'read' | 'waiting' {
    const side = this.#sides[record.direction]
    if (side.stream.isStopped) return 'read'
    try {
      if (record.kind === 'broken') throw new MalformedBytes(record.reason)
      const open = this.#open(record)
      if (open === null) return 'waiting'
      this.#tell(side, open)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      side.stream.stop(record.offset, error.message)
    }
    return 'read'
  }

  #open(record: TlsRecord): OpenRecord | null {
    if (!this.#keys.isProtected(record)) {
      this.#keys.admitPlain(record)
      return openPlain(record)
    }
    const protection = this.#keys.find(record.direction)
    return protection === null ? null : openProtected(record, protection.open(record))
  }

  #tell(side: Side, open: OpenRecord): void {
    const { contentType, content, record } = open
    const { unfinished } = side.handshake
    if (unfinished !== null && contentType !== CONTENT.handshake) {
      throw new MalformedBytes(
        `a record of ${contentName(contentType)} is in the middle of ${unfinished} (RFC 8446 §5.1)`,
      )
    }
    if (contentType !== CONTENT.applicationData || content.length === 0) {
      side.stream.addOwn(frameRecord(open, this.#readUnit(side, open)))
      if (contentType === CONTENT.changeCipherSpec) this.#keys.changeCipherSpec(record.direction)
      return
    }
    this.#keys.admitData(record.direction)
    const { head, tail } = open
    side.stream.addEnvelope({ offset: record.offset, head, innerBytes: content.length, tail })
    this.#inner.feed(record.direction, content)
  }

  #readUnit({ handshake }: Side, open: OpenRecord): Unit {
    switch (open.contentType) {
      case CONTENT.handshake:
        return { phase: 'setup', ...handshake.feed(open.content, open.protection) }
      case CONTENT.alert:
        return readAlert(open)
      case CONTENT.changeCipherSpec:
        return readChangeCipherSpec(open)
      case CONTENT.applicationData:
        return EMPTY
      default:
        throw new MalformedBytes(`${contentName(open.contentType)} is none of TLS (RFC 8446 §5.2)`)
    }
  }
}
