import * as z from 'zod'
import { joinNames, listNames } from '../../text/language.ts'
import { refuse } from '../../text/refuse.ts'
import { wholeNumber } from '../whole-number.ts'
import { sayWrong } from '../words.ts'
import { MAX_PAYLOAD_BYTES } from './encoded.ts'

const MAX_RECORDS = 1_000_000
/** A sign, digits enough for a million steps of a million, a point and six digits. */
const LONGEST_WALK_BYTES = 21

const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8')

const integerRange = z
  .tuple([z.int(), z.int()])
  .refine(([low, high]) => low <= high, { error: () => sayWrong.reversed })

/** A field of a generated record. */
const recordField = z.union(
  [
    z
      .strictObject({ integer: integerRange.describe('from, to') })
      .describe('a seeded random integer in this range, ends included'),
    z
      .strictObject({
        sequence: z
          .strictObject({ digits: z.int().min(1).max(12).describe('its width') })
          .describe('the number of the message, zero-padded'),
      })
      .describe(
        'the number of the message as a string, zero-padded to this width: lets messages be told apart',
      ),
    z
      .strictObject({
        walk: z
          .strictObject({
            start: z.number().min(-1e6).max(1e6).describe('the first value'),
            step: z.number().min(0).max(1e6).describe('how far the next may lie from it'),
            decimals: wholeNumber(0, 6, 1).describe('digits behind the point'),
          })
          .describe('from value to value'),
      })
      .describe('a seeded random walk: each value lies within a step of the one before'),
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
  ],
  {
    error: () => sayWrong.noRecordField,
  },
)

/** The most bytes that a record of this shape can take, with the comma after it. */
function longestRecordBytes(record: Record<string, z.output<typeof recordField>>): number {
  let bytes = '{  },'.length
  for (const [name, field] of Object.entries(record)) {
    bytes += utf8Bytes(JSON.stringify(name)) + ': , '.length
    if (typeof field !== 'object' || field === null) bytes += utf8Bytes(JSON.stringify(field))
    else if ('sequence' in field) bytes += field.sequence.digits + '""'.length
    else if ('walk' in field) bytes += LONGEST_WALK_BYTES
    else bytes += Math.max(...field.integer.map((end) => String(end).length))
  }
  return bytes
}

const records = z
  .strictObject({
    count: wholeNumber(1, MAX_RECORDS, 1000).describe('how many records'),
    as: z
      .enum(['array', 'messages'])
      .describe(
        '`array`: all in one message, a JSON array; `messages`: one record a message, in turn',
      ),
    record: z
      .record(z.string(), recordField)
      .describe('the record: field names and how each is made'),
  })
  .superRefine((value, context) => {
    const bytes = value.as === 'array' ? value.count * longestRecordBytes(value.record) : 0
    if (bytes <= MAX_PAYLOAD_BYTES) return
    refuse(context, [], sayWrong.longRecords(bytes, MAX_PAYLOAD_BYTES))
  })

const PAYLOAD_KINDS = ['text', 'json', 'file', 'hex', 'records', 'size'] as const

/**
 * @param keys those that say how values are written: one each, or lists
 */
export const payloadOf = <K extends z.ZodRawShape>(keys: K) =>
  z
    .strictObject(
      {
        text: z.string().optional().describe('sent as UTF-8'),
        json: z.json().optional().describe('sent as compact JSON'),
        file: z
          .string()
          .min(1, { error: () => sayWrong.emptyPath })
          .optional()
          .describe('sent as it is; relative to the scenario file'),
        hex: z
          .string()
          .regex(/^(\s*[0-9a-fA-F]{2})*\s*$/, { error: () => sayWrong.noHex })
          .optional()
          .describe('sent as bytes'),
        records: records.optional().describe('generated from a seed, the same in every run'),
        compressible: z
          .boolean()
          .optional()
          .describe('of size: the same 16 bytes again and again in place of random ones'),
        contentType: z
          .string()
          .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, { error: () => sayWrong.type })
          .optional()
          .describe('HTTP Content-Type; by default from the kind of payload'),
        ...keys,
        seed: wholeNumber(0, 0xffff_ffff, 1).default(1).describe('of the generator'),
      },
      {
        error: (issue) => ((issue.input ?? null) === null ? sayWrong.noPayload : undefined),
      },
    )
    .superRefine((all, context) => {
      // What the keys of a caller add to the type is in the way of those that are known.
      const value: Partial<
        Record<(typeof PAYLOAD_KINDS)[number] | 'encoding' | 'compressible', unknown>
      > = all
      const given = PAYLOAD_KINDS.filter((key) => value[key] !== undefined)
      if (value.compressible !== undefined && value.size === undefined) {
        refuse(context, ['compressible'], sayWrong.compressible)
      }
      const [kind] = given
      if (given.length === 1) {
        if (value.encoding === undefined || kind === 'json' || kind === 'records') return
        refuse(context, ['encoding'], sayWrong.encodedBytes(String(kind)))
        return
      }
      refuse(
        context,
        [],
        given.length === 0
          ? sayWrong.nothing(listNames(PAYLOAD_KINDS))
          : sayWrong.several(joinNames(given)),
      )
    })
    .describe('what is sent: text, json, file, hex, records or size, one of them')
    .meta({ oneOf: PAYLOAD_KINDS.map((kind) => ({ required: [kind] })) })
