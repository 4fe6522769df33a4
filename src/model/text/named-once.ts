import type { z } from 'zod'
import { catalogue } from './language.ts'
import { refuse } from './refuse.ts'

const say = catalogue({
  en: { twice: (name: string) => `names ${name} twice; name it once` },
  'zh-TW': { twice: (name) => `兩次指名 ${name}；請只寫一次` },
})

/** A list of a file whose entries differ by their names. */
export const namedOnce =
  <T>(nameOf: (value: T) => string = String) =>
  (values: readonly T[], context: z.RefinementCtx): void => {
    const names = values.map(nameOf)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) refuse(context, [], say.twice(twice))
  }
