import { describe, expect, it } from 'vitest'
import { saidText } from '../../model/said/said.ts'
import { tlsProfileOf } from '../../model/tls/profiles.ts'
import { tlsObstacle } from './profile-obstacle.ts'
import { contextOptionsOf, opensslName } from './profile-options.ts'

describe('a TLS profile', () => {
  it.each([
    ['TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384'],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['TLS_PSK_WITH_AES_128_GCM_SHA256', 'PSK-AES128-GCM-SHA256'],
    ['TLS_PSK_WITH_AES_128_CCM_8', 'PSK-AES128-CCM8'],
  ])('%s is %s to OpenSSL', (suite, name) => {
    expect(opensslName(suite)).toBe(name)
  })

  it('asks for a key share of each group that has one, where it is more than the first', () => {
    expect(contextOptionsOf(tlsProfileOf({}))).toMatchObject({ ecdhCurve: 'X25519' })
    expect(contextOptionsOf(tlsProfileOf({ tls: 'browser-2026' }))).toMatchObject({
      ecdhCurve: '*X25519MLKEM768:*X25519:secp256r1:secp384r1',
    })
  })

  it.each([
    [
      'browser-2026',
      '3.0.19',
      'ours',
      'http/1.1',
      /needs OpenSSL 3\.5, which Node has from 22\.20/,
    ],
    ['browser-2026', '3.5.9', 'ours', 'http/1.1', null],
    ['browser-2026', '4.0.0', 'target', 'http/1.1', null],
    ['psk', '3.5.9', 'ours', 'http/2', /HTTP\/2 must not use/],
    ['psk', '3.5.9', 'ours', 'http/1.1', null],
    ['psk', '3.5.9', 'target', 'mqtt/3.1.1', /that of a server that is there is not known/],
    ['device', '3.0.19', 'target', 'http/2', null],
  ] as const)('%s with OpenSSL %s, %s, %s: %s', (tls, openssl, server, protocol, reason) => {
    const found = tlsObstacle(tlsProfileOf({ tls }), { protocol }, server, { openssl, node: '1' })
    if (reason === null) expect(found).toBeNull()
    else expect(saidText(found ?? '')).toMatch(reason)
  })
})
