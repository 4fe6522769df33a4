import type { Language } from '../text/language.ts'
import { mapWording, type Wording } from '../text/wording.ts'
import { type Compression, encodingName } from './payload/encoded.ts'
import type { Encoding } from './payload/encoding.ts'
import type { Scenario, ScenarioFile } from './scenario.ts'

/** A file that lists no encodings. */
export type EncodedFile = Omit<ScenarioFile, 'payload'> & {
  payload: Omit<Scenario['payload'], 'size'> & Pick<ScenarioFile['payload'], 'size'>
}

const listOf = <T>(value: T | T[] | undefined): (T | undefined)[] =>
  Array.isArray(value) ? value : [value]

/**
 * What a file stands for: itself, or one for each encoding and each compression
 * that it lists, each with each: `encodings-cbor`, `encodings-json-gzip`.
 */
export function expandEncodings({ payload, ...file }: ScenarioFile): EncodedFile[] {
  const { encoding, compress, ...rest } = payload
  const isList = { encoding: Array.isArray(encoding), compress: Array.isArray(compress) }
  return listOf<Encoding>(encoding).flatMap((oneEncoding) =>
    listOf<Compression>(compress).map((oneCompression) => {
      const own: EncodedFile['payload'] = {
        ...rest,
        ...(oneEncoding !== undefined && { encoding: oneEncoding }),
        ...(oneCompression !== undefined && { compress: oneCompression }),
      }
      const names = [
        ...(isList.encoding && oneEncoding !== undefined ? [encodingName(oneEncoding)] : []),
        ...(isList.compress && oneCompression !== undefined ? [oneCompression] : []),
      ].filter((name) => name !== 'none')
      const suffix = (language: Language): string =>
        names.map((name) => (language === 'en' ? `, ${name}` : `，${name}`)).join('')
      return {
        ...file,
        name: [file.name, ...names].join('-'),
        title: mapWording(file.title, (text, language) => text + suffix(language)),
        payload: own,
      }
    }),
  )
}

/** What the scenarios of one file have in common; null where nothing says how its values are written. */
export function encodingFamilyOf({
  name,
  title,
  payload,
}: Pick<Scenario, 'name' | 'title' | 'payload'>): { name: string; title: Wording } | null {
  const { encoding, compress = 'none' } = payload
  if (encoding === undefined && compress === 'none') return null
  const names = [
    ...(encoding === undefined ? [] : [encodingName(encoding)]),
    ...(compress === 'none' ? [] : [compress]),
  ]
  const without = (text: string, separator: string): string =>
    names.reduceRight(
      (left, each) =>
        left.endsWith(separator + each) ? left.slice(0, -(separator + each).length) : left,
      text,
    )
  return {
    name: without(name, '-'),
    title: mapWording(title, (text, language) => without(text, language === 'en' ? ', ' : '，')),
  }
}
