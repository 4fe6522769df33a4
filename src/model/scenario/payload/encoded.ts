/** Of one message; a quarter of what MQTT's Remaining Length can say. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024

export const COMPRESSIONS = ['none', 'gzip', 'deflate', 'br', 'zstd'] as const
export type Compression = (typeof COMPRESSIONS)[number]

/** A value of `encoding`. */
type Named = string | { readonly protobuf: unknown }

/** As results name it. */
export const encodingName = (value: Named): string =>
  typeof value === 'string' ? value : 'protobuf'

interface Encoded {
  readonly encoding?: Named | undefined
  readonly compress?: Compression | undefined
}

/** The media type of an encoding, as it is registered. */
const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  'json-compact': 'application/json',
  'senml-json': 'application/senml+json',
  'senml-cbor': 'application/senml+cbor',
  cbor: 'application/cbor',
  msgpack: 'application/vnd.msgpack',
  protobuf: 'application/protobuf',
}

/** Null where nothing says how values are written. */
export const encodedTypeOf = ({ encoding }: Encoded): string | null =>
  encoding === undefined ? null : (TYPES[encodingName(encoding)] ?? null)

/** The Content-Encoding of HTTP (RFC 9110 §8.4.1, RFC 7932, RFC 8878); null where there is none. */
export const contentEncodingOf = ({ compress = 'none' }: Encoded): string | null =>
  compress === 'none' ? null : compress
