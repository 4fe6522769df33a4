import { describe, expect, it } from 'vitest'
import type { Frame, FramePart } from '../model/wire/frame.ts'
import { secretsOf, withholdSecrets, withholdText } from './withhold.ts'

const secrets = secretsOf({
  url: new URL('https://host/readings?key=q-value'),
  headers: { 'X-Token': 'tok3n', Authorization: 'Bearer b3arer' },
  userName: 'device',
  password: 'pass word',
})

describe('the secrets of a real server', () => {
  it.each([
    ['the password', 'it was pass word, alas'],
    ['the password in a URL', 'https://device:pass%20word@host'],
    ['both as HTTP sends them', `Basic ${Buffer.from('device:pass word').toString('base64')}`],
    ['a header', 'X-Token: tok3n'],
    ['a token without its scheme', 'unknown token b3arer'],
    ['the query', 'GET /readings?key=q-value'],
    ['one value of the query', 'no such key: q-value'],
  ])('%s', (_what, text) => {
    expect(withholdText(text, secrets)).toContain('(withheld)')
  })

  it('leave what is none of them', () => {
    const text = 'POST /readings was answered 500 by device'
    expect(withholdText(text, secrets)).toBe(text)
    const short = secretsOf({
      url: new URL('mqtt://host'),
      headers: {},
      userName: 'a',
      password: 'at',
    })
    expect(withholdText('at the host', short)).toBe('at the host')
  })
})

describe('the frames of an exchange', () => {
  const part = (label: string, text?: string): FramePart =>
    ({ label, bytes: 10, layer: 'framing', ...(text !== undefined && { text }) }) as never
  const withheld = (given: FramePart): boolean => {
    const [frame] = withholdSecrets([{ parts: [given] } as unknown as Frame], secrets)
    const [kept] = frame?.parts ?? []
    return kept?.disclosure === 'withheld' && kept.text === undefined
  }

  it.each([
    ['x-token', 'anything'],
    ['X-Token', 'anything'],
    ['request line', 'POST /readings?key=q-value HTTP/1.1'],
    [':path', '/readings?other=1'],
    ['body', 'your token is tok3n'],
  ])('%s: %s is withheld', (label, text) => {
    expect(withheld(part(label, text))).toBe(true)
  })

  it.each([
    ['host', 'host'],
    ['request line', 'POST /readings HTTP/1.1'],
    ['blank line', undefined],
  ])('%s: %s is shown', (label, text) => {
    expect(withheld(part(label, text))).toBe(false)
  })
})
