import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import type { Dissector, DissectorFactory, DissectorSink } from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { EnvelopedStream } from '../parsing/enveloped-stream.ts'
import { Rules } from '../parsing/rules.ts'
import { TlsKeys } from './keys/tls-keys.ts'
import type { TlsSecrets } from './keys/tls-secrets.ts'
import { closedRecord, dissectOpaqueTls } from './opaque-tls.ts'
import {
  EMPTY,
  frameRecord,
  headOf,
  type OpenRecord,
  readAlert,
  readChangeCipherSpec,
  type Unit,
} from './tls-frames.ts'
import { HandshakeStream } from './tls-handshake.ts'
import {
  type BrokenRecord,
  CONTENT,
  contentName,
  RecordStream,
  type TlsRecord,
} from './tls-records.ts'

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
  /** Where the reader is lenient: the records that follow are counted, and not opened any more. */
  isClosed: boolean
  /** What is read behind bytes that were no record. */
  behind: Dissector | null
}

/** So much waits for a secret that may never come; where the reader is lenient. */
const MAX_WAITING_BYTES = 1024 * 1024
const MAX_WAITING_RECORDS = 4096

class TlsConnection implements Dissector {
  readonly #sink: DissectorSink
  readonly #isLenient: boolean
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
  #queueBytes = 0

  constructor(inner: DissectorFactory, secrets: TlsSecrets, sink: DissectorSink) {
    this.#sink = sink
    this.#isLenient = sink.remark !== undefined
    this.#keys = new TlsKeys(secrets)
    this.#sides = { up: this.#openSide('up', sink), down: this.#openSide('down', sink) }
    this.#inner = inner({
      ...{ remark: sink.remark, outcome: sink.outcome, memory: sink.memory },
      frame: (frame) => this.#sides[frame.direction].stream.wrap(frame),
      unexplained: (gap) => this.#sides[gap.direction].stream.stopInside(gap, 'TLS'),
      head: sink.head,
    })
    this.#stopWatching = secrets.watch(() => this.#drain())
  }

  feed(direction: Direction, bytes: Uint8Array): void {
    const { records } = this.#sides[direction]
    const rest = records.feed(bytes)
    if (rest.length > 0 && this.#isLenient) this.#behind(direction).feed(direction, rest)
  }

  missing(direction: Direction, lengthBytes: number): void {
    const side = this.#sides[direction]
    side.records.missing()
    // What is behind is counted by record: how many were lost, by which they are numbered, is not known.
    if (this.#isLenient) this.#behind(direction).missing?.(direction, lengthBytes)
  }

  end(): void {
    this.#stopWatching()
    for (const direction of DIRECTIONS) this.#sides[direction].records.end()
    if (this.#isLenient) this.#giveUpWaiting()
    for (const { direction, offset } of this.#queue) {
      this.#sides[direction].stream.stop(offset, this.#keys.describeMissing())
    }
    this.#queue.length = 0
    this.#inner.end()
    for (const direction of DIRECTIONS) {
      this.#sides[direction].stream.end()
      this.#sides[direction].behind?.end()
    }
  }

  #openSide(direction: Direction, sink: DissectorSink): Side {
    return {
      ...{ isClosed: false, behind: null },
      records: new RecordStream(direction, (record) => this.#take(record)),
      handshake: new HandshakeStream(direction, this.#keys.negotiated, (event) =>
        this.#keys.follow(direction, event),
      ),
      stream: new EnvelopedStream(direction, sink),
    }
  }

  #take(record: TlsRecord | BrokenRecord): void {
    this.#queue.push(record)
    this.#queueBytes += record.kind === 'record' ? record.fragment.length : 0
    this.#drain()
    const isTooMuch =
      this.#queueBytes > MAX_WAITING_BYTES || this.#queue.length > MAX_WAITING_RECORDS
    if (this.#isLenient && (isTooMuch || record.kind === 'broken')) this.#giveUpWaiting()
  }

  #drain(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (this.#read(next) === 'waiting') return
      this.#queue.shift()
      this.#queueBytes -= next.kind === 'record' ? next.fragment.length : 0
    }
  }

  /** No secret will come for what waits. */
  #giveUpWaiting(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      this.#close(next.direction, this.#keys.describeMissing())
      this.#drain()
    }
  }

  /** @returns whether the record has been read, or waits for its key */
  #read(record: TlsRecord | BrokenRecord): 'read' | 'waiting' {
    const side = this.#sides[record.direction]
    if (side.stream.isStopped) return 'read'
    try {
      if (record.kind === 'broken') throw new MalformedBytes(record.reason)
      if (side.isClosed) {
        side.stream.tell(closedRecord(record))
        return 'read'
      }
      const open = this.#open(record)
      if (open === null) return 'waiting'
      this.#tell(side, open)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      if (this.#isLenient) this.#readOn(record, error.message)
      else side.stream.stop(record.offset, error.message)
    }
    return 'read'
  }

  /** What cannot be opened is counted, and so are the records that follow. */
  #readOn(record: TlsRecord | BrokenRecord, reason: WirePhrase): void {
    const { direction, offset } = record
    const { stream } = this.#sides[direction]
    this.#close(direction, reason)
    if (record.kind === 'record') stream.tell(closedRecord(record))
    else stream.tellUnexplained(offset, reason)
  }

  #close(direction: Direction, reason: WirePhrase): void {
    const side = this.#sides[direction]
    if (side.isClosed) return
    new Rules(this.#sink, direction).breach(reason)
    // How much of what it carries is lost is not known.
    this.#inner.missing?.(direction, 0)
    side.stream.close(reason)
    side.isClosed = true
  }

  /** What stands behind the bytes that are no record, or are missing. */
  #behind(direction: Direction): Dissector {
    const side = this.#sides[direction]
    const base = side.records.position
    side.behind ??= dissectOpaqueTls(
      {
        ...{ remark: this.#sink.remark },
        frame: (frame) => this.#sink.frame({ ...frame, offset: frame.offset + base }),
        unexplained: (gap) => this.#sink.unexplained({ ...gap, offset: gap.offset + base }),
      },
      'joined',
    )
    return side.behind
  }

  #open(record: TlsRecord): OpenRecord | null {
    if (!this.#keys.isProtected(record)) {
      this.#keys.admitPlain(record)
      const { contentType, fragment: content } = record
      return { record, protection: 'plain', contentType, content, before: [], after: [] }
    }
    const protection = this.#keys.find(record.direction)
    return protection && { ...protection.open(record), record, protection: 'protected' }
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
    const { offset } = record
    const [head, tail] = [headOf(open), open.after]
    side.stream.addEnvelope({ offset, head, innerBytes: content.length, tail })
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
