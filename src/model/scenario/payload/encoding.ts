import * as z from 'zod'
import { listNames } from '../../text/language.ts'
import { namedOnce } from '../../text/named-once.ts'
import { sayWrong } from '../words.ts'
import { COMPRESSIONS, encodingName } from './encoded.ts'

/** How values become bytes. Protobuf needs a schema, and is written with its own keys. */
const ENCODINGS = ['json', 'json-compact', 'senml-json', 'senml-cbor', 'cbor', 'msgpack'] as const

const protobuf = z.strictObject({
  protobuf: z
    .strictObject({
      schema: z
        .string()
        .min(1, { error: () => sayWrong.emptySchema })
        .describe('a .proto file, relative to the scenario file'),
      message: z
        .string()
        .min(1, { error: () => sayWrong.emptyMessage })
        .describe('the message; of an array, one whose only field is repeated'),
    })
    .describe('Protocol Buffers'),
})

const encoding = z.union([z.enum(ENCODINGS), protobuf], {
  error: () => sayWrong.noEncoding(listNames(ENCODINGS)),
})
export type Encoding = z.output<typeof encoding>

const compression = z.enum(COMPRESSIONS)

/** One, or a list for one scenario each. */
const listed = <T>(one: z.ZodType<T>, nameOf: (value: T) => string) =>
  z.union([one, z.array(one).min(1).superRefine(namedOnce(nameOf))])

/** Keys of a payload that say how its values are written. */
export const encodingKeys = {
  encoding: encoding.optional().describe('how json or records are written'),
  compress: compression.optional().describe('how the bytes are made fewer; none if left out'),
}

/** The same, as a file has them: a list makes one scenario of each. */
export const encodingLists = {
  encoding: listed(encoding, encodingName)
    .optional()
    .describe('how json or records are written; a list makes one scenario of each'),
  compress: listed(compression, String)
    .optional()
    .describe('how the bytes are made fewer, none if left out; a list makes one scenario of each'),
}
