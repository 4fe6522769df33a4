import { describe, expect, it } from 'vitest'
import type { Direction } from '../../model/vocabulary.ts'
import type { Frame, FramePart } from '../../model/wire/frame.ts'
import { tlsAgreementOf } from './tls-agreement.ts'

const frame = (label: string, parts: [string, string][], direction: Direction = 'down'): Frame => ({
  ...{ direction, phase: 'setup', label, clause: 'RFC 8446 §4', offset: 0, lengthBytes: 0 },
  parts: parts.map(
    ([name, text]): FramePart => ({ layer: 'security', label: name, lengthBytes: 0, text }),
  ),
})

const HELLO = frame('ServerHello', [
  ['legacy_version', 'TLS 1.2'],
  ['cipher_suite', 'TLS_AES_256_GCM_SHA384'],
  ['extension supported_versions', 'TLS 1.3'],
  ['extension key_share', 'X25519MLKEM768 (1,088 ML-KEM + 32 X25519)'],
])

describe('what two sides agreed on', () => {
  it('is read off the first ServerHello and what follows it', () => {
    const certificate = frame('EncryptedExtensions, Certificate', [
      ['certificate', '1,624'],
      ['certificate', '1,205'],
    ])
    const own = frame('Certificate', [['certificate', '500']], 'up')
    expect(tlsAgreementOf([HELLO, certificate, own, HELLO, certificate])).toEqual({
      ...{ version: 'TLS 1.3', group: 'X25519MLKEM768', suite: 'TLS_AES_256_GCM_SHA384' },
      certificateBytes: [1624, 1205],
    })
  })

  it('has the group of a ServerKeyExchange in TLS 1.2, and none where there is none', () => {
    const hello = frame('ServerHello', [
      ['legacy_version', 'TLS 1.2'],
      ['cipher_suite', 'TLS_PSK_WITH_AES_128_GCM_SHA256'],
    ])
    const exchange = frame('ServerKeyExchange', [['named_curve', 'X25519']])
    expect(tlsAgreementOf([hello, exchange])).toMatchObject({ version: 'TLS 1.2', group: 'X25519' })
    expect(tlsAgreementOf([hello])).toMatchObject({ group: null, certificateBytes: [] })
  })

  it('passes over a HelloRetryRequest', () => {
    const retry = frame('HelloRetryRequest', [['extension key_share', 'secp256r1']])
    expect(tlsAgreementOf([retry, HELLO])?.group).toBe('X25519MLKEM768')
    expect(tlsAgreementOf([retry])).toBeNull()
  })
})
