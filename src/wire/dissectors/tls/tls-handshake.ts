import type { Direction } from '../../../model/vocabulary.ts'
import type { FramePart } from '../../../model/wire/frame.ts'
import { ByteParser, MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import { readCertificate, readCertificateVerify, readServerKeyExchange } from './tls-certificate.ts'
import {
  type ClientHello,
  readClientHello,
  readServerHello,
  type ServerHello,
} from './tls-hello.ts'
import { HandshakeMessage } from './tls-message.ts'
import { type HandshakeType, handshakeTypesOf, type Negotiated } from './tls-names.ts'
import { uint } from './tls-registry.ts'

/** A message that decides how the records after it are read. */
export type HandshakeEvent =
  | ClientHello
  | ServerHello
  | { name: 'Finished' }
  | { name: 'KeyUpdate' }

/** The handshake bytes of one record. */
export interface HandshakeFragment {
  /** `Certificate, CertificateVerify`; `Certificate continued` where it began in an earlier record. */
  label: string
  clause: string
  parts: FramePart[]
}

/** The next record of their direction has other keys, so that none of its bytes is in theirs (RFC 8446 §5.1). */
const CHANGES_KEYS: ReadonlySet<string> = new Set(['ServerHello', 'Finished', 'KeyUpdate'])

/**
 * The messages of one direction (RFC 8446 §4), which records cut as they like:
 * several may share a record, and one may run over several.
 */
export class HandshakeStream {
  readonly #direction: Direction
  readonly #negotiated: Negotiated
  readonly #onEvent: (event: HandshakeEvent) => void
  readonly #parser: ByteParser
  #protection: HandshakeType['protection'] = 'plain'
  #message: HandshakeMessage | null = null
  /** Messages with bytes in the present record. */
  #present: { message: HandshakeMessage; start: 'here' | 'earlier' }[] = []
  #parts: FramePart[] = []
  /** Bytes up to the end of the present record, up to the last field noted, and up to the last part. */
  #recordEnd = 0
  #notedEnd = 0
  #partsEnd = 0

  constructor(
    direction: Direction,
    negotiated: Negotiated,
    onEvent: (event: HandshakeEvent) => void,
  ) {
    this.#direction = direction
    this.#negotiated = negotiated
    this.#onEvent = onEvent
    this.#parser = new ByteParser(this.#readMessages())
  }

  /** The message that the next record must continue; null between messages. */
  get unfinished(): string | null {
    return this.#message?.name ?? null
  }

  /** @throws MalformedBytes where a message breaks a rule */
  feed(fragment: Uint8Array, protection: HandshakeType['protection']): HandshakeFragment {
    if (fragment.length === 0) {
      throw new MalformedBytes('a handshake record has no bytes (RFC 8446 §5.1)')
    }
    this.#protection = protection
    this.#recordEnd += fragment.length
    this.#parts = []
    this.#present = this.#message === null ? [] : [{ message: this.#message, start: 'earlier' }]
    this.#parser.feed(fragment)
    this.#cutField()
    const labels = this.#present.map(({ message, start }) =>
      start === 'here' ? message.name : `${message.name} continued`,
    )
    const clause = this.#present[0]?.message.clause ?? 'RFC 8446 §4'
    return { label: labels.join(', '), clause, parts: this.#parts }
  }

  *#readMessages(): Reading<void> {
    while (true) {
      const type = this.#admit(uint(yield take(1)))
      const message = new HandshakeMessage(type, (label, lengthBytes, text) =>
        this.#note(message, label, lengthBytes, text),
      )
      this.#message = message
      this.#present.push({ message, start: 'here' })
      yield* message.length()
      const event = yield* readBody(message, this.#negotiated)
      message.finish()
      const isLast = this.#parser.position === this.#recordEnd
      if (!isLast && this.#changesKeys(message, event)) {
        throw new MalformedBytes(`bytes follow ${message.name} in its record (RFC 8446 §5.1)`)
      }
      this.#message = null
      if (event !== null) this.#onEvent(event)
    }
  }

  /** TLS 1.2 changes them by a record of its own. */
  #changesKeys({ name }: HandshakeMessage, event: HandshakeEvent | null): boolean {
    const version = event?.name === 'ServerHello' ? event.version : this.#negotiated.version
    return CHANGES_KEYS.has(name) && version !== '1.2'
  }

  #admit(code: number): HandshakeType {
    const { version } = this.#negotiated
    const type = handshakeTypesOf(version).get(code)
    if (type === undefined) {
      throw new MalformedBytes(
        `handshake type ${code} is none of TLS ${version ?? '1.3'} (RFC 8446 §4)`,
      )
    }
    if (type.sender !== null && type.sender !== this.#direction) {
      const sender = this.#direction === 'up' ? 'client' : 'server'
      throw new MalformedBytes(`a ${sender} does not send ${type.name} (${type.clause})`)
    }
    if (type.protection !== this.#protection) {
      throw new MalformedBytes(
        `${type.name} is in a ${this.#protection} record, but belongs in a ${type.protection} one (${type.clause})`,
      )
    }
    return type
  }

  /** A part of what is in this record of the field: the rest was in an earlier one. */
  #note(message: HandshakeMessage, label: string, lengthBytes: number, text?: string): void {
    this.#notedEnd += lengthBytes
    this.#addPart(message, label, this.#notedEnd, text)
  }

  /** The record ends inside a field, whose name may not be known yet: its beginning is called after the message. */
  #cutField(): void {
    if (this.#message !== null) this.#addPart(this.#message, this.#message.name, this.#recordEnd)
  }

  #addPart({ clause }: HandshakeMessage, label: string, end: number, text?: string): void {
    const lengthBytes = end - this.#partsEnd
    if (lengthBytes <= 0) return
    this.#partsEnd = end
    this.#parts.push({
      layer: 'security',
      label,
      lengthBytes,
      ...(text !== undefined && { text }),
      clause,
    })
  }
}

/** @returns what the message decides; null where nothing */
function* readBody(
  message: HandshakeMessage,
  negotiated: Negotiated,
): Reading<HandshakeEvent | null> {
  switch (message.name) {
    case 'ClientHello':
      return yield* readClientHello(message)
    case 'ServerHello':
      return yield* readServerHello(message)
    case 'EncryptedExtensions':
      yield* message.extensions('other')
      return null
    case 'Certificate':
      yield* readCertificate(message, negotiated)
      return null
    case 'CertificateVerify':
      yield* readCertificateVerify(message)
      return null
    case 'ServerKeyExchange':
      yield* readServerKeyExchange(message, negotiated)
      return null
    case 'KeyUpdate':
      yield* message.field('request_update', 1, describeUpdate)
      return { name: message.name }
    case 'Finished':
      yield* message.rest()
      return { name: message.name }
    default:
      yield* message.rest()
      return null
  }
}

/** RFC 8446 §4.6.3. */
function describeUpdate([request]: Uint8Array): string {
  if (request === 0) return 'update_not_requested'
  if (request === 1) return 'update_requested'
  throw new MalformedBytes(`request_update of KeyUpdate is ${request} (RFC 8446 §4.6.3)`)
}
