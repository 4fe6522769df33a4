import { describe, expect, it } from 'vitest'
import { parseTargetUrl } from './url.ts'

const refused = (kind: 'http' | 'mqtt', text: string): string => {
  try {
    parseTargetUrl(kind, text)
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

describe('the URL of a real server', () => {
  it('gives up its credentials, decoded, and keeps its query', () => {
    const target = parseTargetUrl('http', 'https://us%40er:p%3Ass%25@host:8443/a?token=x#part')
    expect(target).toMatchObject({ userName: 'us@er', password: 'p:ss%', isSecure: true })
    expect(target.url.href).toBe('https://host:8443/a?token=x')
  })

  it.each([
    ['mqtt://host', false, false],
    ['mqtts://host:8883/', true, false],
    ['ws://host/mqtt', false, true],
    ['wss://[2001:db8::1]/mqtt', true, true],
  ])('%s', (text, isSecure, isHttp) => {
    expect(parseTargetUrl('mqtt', text)).toMatchObject({ isSecure, isHttp, userName: undefined })
  })

  it.each([
    ['http', 'host:8080', /^--http-url: must start with http:\/\/ or https:\/\//],
    ['http', 'mqtt://host', /^--http-url: must start with/],
    ['mqtt', 'http://host', /^--mqtt-url: must start with mqtt:\/\/ or mqtts/],
    ['mqtt', '', /^--mqtt-url: is no URL; write mqtt:\/\/host:1883/],
    ['mqtt', 'mqtt:///path', /names no host|is no URL/],
    ['mqtt', 'mqtt://host/topic', /has a path, .*--topic-prefix/],
    ['mqtt', 'mqtt://host?x=1', /has a query/],
    ['http', 'http://us%er@host', /a % that encodes nothing; write it as %25/],
  ] as const)('is refused: --%s-url %s', (kind, text, reason) => {
    expect(refused(kind, text)).toMatch(reason)
  })

  it('is repeated in no error: it may hold a password', () => {
    for (const text of ['gopher://user:s3cret@host', 'mqtt://user:s3cret@host/path', 's3cret']) {
      expect(refused('mqtt', text)).not.toContain('s3cret')
    }
  })
})
