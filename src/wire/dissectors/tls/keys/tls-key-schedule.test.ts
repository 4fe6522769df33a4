import { createHmac, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../../../../test/support/dissection.ts'
import { RFC8448_SECRETS } from '../../../../../test/support/rfc8448.ts'
import { type CipherSuite, findCipherSuite } from '../tls-suites.ts'
import { deriveTrafficKeys, expandLabel } from './tls-key-schedule.ts'

const AES_128 = findCipherSuite(0x1301) as CipherSuite

describe('the key schedule', () => {
  // RFC 8448 §3, "derive write traffic keys" of both sides, for handshake and application data.
  it.each([
    [
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'dbfaa693d1762c5b666af5d950258d01',
      '5bd3c71b836e0b76bb73265f',
    ],
    [
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      '3fce516009c21727d0f2e4e86ee403bc',
      '5d313eb2671276ee13000b30',
    ],
    ['CLIENT_TRAFFIC_SECRET_0', '17422dda596ed5d9acd890e3c63f5051', '5b78923dee08579033e523d9'],
    ['SERVER_TRAFFIC_SECRET_0', '9f02283b6c9c07efc26bb9f2ac92e356', 'cf782b88dd83549aadf1e984'],
  ] as const)('derives the keys of RFC 8448 from %s', (label, key, iv) => {
    const keys = deriveTrafficKeys(AES_128, hex(RFC8448_SECRETS[label]))
    expect([keys.key.toString('hex'), keys.iv.toString('hex')]).toEqual([key, iv])
  })

  it('expands a secret as HKDF does, for either hash and any length', () => {
    const hash = fc.constantFrom('sha256' as const, 'sha384' as const)
    const secret = fc.uint8Array({ minLength: 1, maxLength: 64 })
    const label = fc.string({ maxLength: 20, unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(
        hash,
        secret,
        label,
        fc.integer({ min: 1, max: 1000 }),
        (name, ikm, said, length) => {
          const extracted = createHmac(name, 'salt').update(ikm).digest()
          const info = Buffer.concat([
            Buffer.of(length >> 8, length & 0xff, said.length + 6),
            Buffer.from(`tls13 ${said}\0`),
          ])
          const expected = Buffer.from(hkdfSync(name, ikm, 'salt', info, length))
          expect(expandLabel(name, extracted, said, length)).toEqual(expected)
        },
      ),
    )
  })

  it('knows the suites by their numbers, and no other', () => {
    expect([0x1301, 0x1302, 0x1303].map((code) => findCipherSuite(code)?.name)).toEqual([
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
    ])
    // AES_128_CBC: no AEAD.
    expect(findCipherSuite(0xc013)).toBeNull()
  })
})
