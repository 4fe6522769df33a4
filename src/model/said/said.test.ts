import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { InstrumentError, saidOf } from '../errors.ts'
import { inLanguage } from '../text/language.ts'
import { distinct, quoted, said, saidText } from './said.ts'
import { saidSchema } from './said-schema.ts'
import { SENTENCES, type Sentences } from './sentences.ts'

describe('a sentence that is kept', () => {
  const kept = said('stoppedBefore', { why: said('stoppedBy', { signal: 'SIGINT' }) })

  it('is told in either language, and the sentence in it too', () => {
    expect(saidText(kept)).toBe('stopped before it was measured: stopped by SIGINT')
    expect(inLanguage('zh-TW', () => saidText(kept))).toBe('測量到它之前就中止了：被 SIGINT 中止')
  })

  it('goes through JSON and its schema as keys and values', () => {
    const stored = saidSchema.parse(JSON.parse(JSON.stringify(kept)))
    expect(stored).toEqual({
      key: 'stoppedBefore',
      values: { why: { key: 'stoppedBy', values: { signal: 'SIGINT' } } },
    })
  })

  it('of an older report is shown as it stands, and marked where it is foreign', () => {
    expect(saidText('not here')).toBe('not here')
    expect(inLanguage('zh-TW', () => saidText('not here'))).toBe('（原文）not here')
    const of = said('linkModelled', { why: quoted('not here') })
    expect(inLanguage('zh-TW', () => saidText(of))).toBe(
      '它的鏈路位元組為模型估算：（原文）not here',
    )
  })

  it('of a newer report is shown by its key', () => {
    const newer = { key: 'toString', values: { n: 1 } }
    expect(saidText(newer)).toBe('toString {"n":1}')
  })

  it('is what an error says, whatever language it was thrown in', () => {
    const error = inLanguage('zh-TW', () => new InstrumentError('stopped', said('runStopped')))
    expect(error.message).toBe('測量被中止')
    expect(saidOf(error)).toEqual(said('runStopped'))
    expect(saidOf(new Error('no\nroom'))).toBe('no room')
  })

  it('has a key of its own, whichever file it stands in', async () => {
    const files = (await readdir(import.meta.dirname)).flatMap(
      (file) => /^(.+)-sentences\.ts$/.exec(file)?.[1] ?? [],
    )
    expect(files.length).toBeGreaterThan(7)
    for (const file of files) {
      const exported = Object.entries(await import(`./${file}-sentences.ts`))
      const part = exported.find(([name]) => name.endsWith('_SENTENCES'))?.[1] as { en: Sentences }
      const twice = Object.entries(part.en).filter(
        ([key, tell]) => SENTENCES[key as keyof Sentences] !== tell,
      )
      expect(twice, file).toEqual([])
    }
  })

  it('is one, however often it was said', () => {
    expect(distinct([said('noWire'), 'a', said('noWire'), 'a'])).toEqual([said('noWire'), 'a'])
  })
})
