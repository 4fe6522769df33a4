import { describe, expect, it } from 'vitest'
import { inLanguage } from '../../text/language.ts'
import { WIRE_PHRASES, type WirePhrase, wirePhrase } from './wire-phrase.ts'

const inChinese = (text: string): string => inLanguage('zh-TW', () => wirePhrase(text))

const placesIn = (text: string): number => text.split('{}').length - 1

describe('what a reader of the wire says', () => {
  it.each(Object.entries(WIRE_PHRASES))('%s', (english, chinese) => {
    expect(placesIn(chinese)).toBe(placesIn(english))
    expect(chinese).not.toMatch(/[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}/)
    // With figures and names in it, it is found again, and they are.
    const said = english.replaceAll('{}', 'X7')
    const told = inChinese(said)
    expect(told).not.toContain('原文')
    expect(told.split('X7')).toHaveLength(said.split('X7').length)
  })

  it.each<[WirePhrase, string]>([
    [
      'a chunk size is not a hexadecimal number (RFC 9112 §7.1)',
      '區塊大小不是十六進位數（RFC 9112 §7.1）',
    ],
    ['the Topic Alias is 0 [MQTT-3.3.2-8]', 'Topic Alias 是 0 [MQTT-3.3.2-8]'],
    [
      'inside TLS, packet type 15 is reserved (MQTT 3.1.1 §2.2.1), at byte 12',
      '在 TLS 裡，封包類型 15 是保留的（MQTT 3.1.1 §2.2.1），在第 12 個位元組',
    ],
    ['from byte 0 on: there is no dissector for SSH', '從第 0 個位元組起：這裡不解析 SSH'],
    ['a packet is of ARP, which is not read', '一個封包屬於 ARP，這裡不讀'],
    [
      'the connection ended in the middle of a request, 5 bytes into it',
      '連線在 請求 中間結束，已有 5 位元組',
    ],
  ])('%s, of several phrases', (english, chinese) => {
    expect(inChinese(english)).toBe(chinese)
  })

  it('is marked where an older report has what nobody says any more', () => {
    expect(inChinese('it rained')).toBe('（原文）it rained')
    expect(inLanguage('en', () => wirePhrase('it rained'))).toBe('it rained')
  })
})
