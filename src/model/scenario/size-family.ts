import type { Language } from '../text/language.ts'
import { mapWording } from '../text/wording.ts'
import type { EncodedFile } from './encoding-family.ts'
import type { Scenario } from './scenario.ts'

/** A file whose other lists are no lists any more. */
type SizedFile = Omit<Scenario, 'payload'> & Pick<EncodedFile, 'payload'>

/** The scenarios that a file stands for: itself, or one for each size that it lists, `sizes-100`. */
export function expandPayloadSizes({ payload, ...rest }: SizedFile): Scenario[] {
  const { size, ...other } = payload
  if (size === undefined) return [{ ...rest, payload: other }]
  if (!Array.isArray(size)) return [{ ...rest, payload: { ...other, size } }]
  return size.map((bytes) => ({
    ...rest,
    name: rest.name + nameSuffix(bytes),
    title: mapWording(rest.title, (text, language) => text + titleSuffix(bytes, language)),
    payload: { ...other, size: bytes },
  }))
}

/** What the scenarios of one file have in common; null where no list of sizes made them. */
export function sizeFamilyOf({ name, payload: { size } }: Scenario): string | null {
  if (size === undefined || !name.endsWith(nameSuffix(size))) return null
  return name.slice(0, -nameSuffix(size).length)
}

const nameSuffix = (bytes: number): string => `-${bytes}`
const titleSuffix = (bytes: number, language: Language): string =>
  language === 'en' ? `, ${bytes} B` : `，${bytes} B`
