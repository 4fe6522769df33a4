import { expect, it } from 'vitest'
import { inLanguage } from '../../model/text/language.ts'
import { MQTT5_REASONS, MQTT311_RETURN_CODES } from '../../model/wire/mqtt-reasons.ts'
import { outcomePhrase } from './outcome-phrase.ts'

it('every code that a broker answers with has its meaning in either language', () => {
  const texts = [
    ...Object.entries(MQTT5_REASONS).map(([code, meaning]) => `${code} ${meaning}`),
    ...Object.entries(MQTT311_RETURN_CODES).map(([code, meaning]) => `${code} refused: ${meaning}`),
  ]
  const told = (text: string): string => inLanguage('zh-TW', () => outcomePhrase(text))
  expect(texts.filter((text) => told(text) === text)).toEqual([])
  expect(texts.map(outcomePhrase)).toEqual(texts)
  expect(told('5 refused: not authorized')).toBe('5 拒絕：未授權')
  expect(told('4.04 Not Found')).toBe('4.04 Not Found')
})
