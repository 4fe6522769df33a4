import * as zlib from 'node:zlib'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { cbor, msgpack } from '../../model/lazy-package.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { Compression } from '../../model/scenario/payload/encoded.ts'
import type { Encoding } from '../../model/scenario/payload/encoding.ts'
import { type JsonValue, spacedJson } from './json-text.ts'
import { protobufWriter } from './protobuf.ts'
import { labelled, senmlPack } from './senml.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/**
 * How values become bytes. CBOR writes a float in the fewest bytes that are exact,
 * MessagePack in 64 bits: so do their libraries by default.
 * @param schema of Protocol Buffers; needed there
 * @throws InstrumentError `scenario-invalid`, when it is called, for a value that the encoding has no place for
 */
export function encoderOf(
  encoding: Encoding,
  schema: Uint8Array | undefined,
): (value: JsonValue) => Uint8Array {
  if (typeof encoding !== 'string') {
    if (schema === undefined) throw new TypeError('a schema of Protocol Buffers was not read')
    return protobufWriter(new TextDecoder().decode(schema), encoding.protobuf.message)
  }
  switch (encoding) {
    case 'json':
      return (value) => utf8(spacedJson(value))
    case 'json-compact':
      return (value) => utf8(JSON.stringify(value))
    case 'senml-json':
      return (value) => utf8(JSON.stringify(senmlPack(value)))
    case 'senml-cbor':
      return (value) => cbor().encode(labelled(senmlPack(value)))
    case 'cbor':
      return (value) => cbor().encode(value)
    case 'msgpack':
      return (value) => msgpack().encode(value)
  }
}

type Zstd = (bytes: Uint8Array) => Buffer

/** Node has it from 22.15 and 23.8 on. */
const zstd = (zlib as { zstdCompressSync?: Zstd }).zstdCompressSync

/** Why this Node cannot compress so; null where it can. */
export const compressionObstacle = (compress: Compression | undefined): Said | null =>
  compress === 'zstd' && zstd === undefined ? said('noZstd') : null

/** Each at the level that its library takes by itself. */
export function compressed(bytes: Uint8Array, compress: Compression): Uint8Array {
  switch (compress) {
    case 'none':
      return bytes
    case 'gzip':
      return gzipSync(bytes)
    // RFC 9110 §8.4.1.2: deflate is the zlib format (RFC 1950).
    case 'deflate':
      return deflateSync(bytes)
    case 'br':
      return brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      })
    case 'zstd':
      // Where there is none, the cell is skipped; whoever looks at its payload sees it as it was.
      return zstd?.(bytes) ?? bytes
  }
}
