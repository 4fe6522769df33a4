import { describe, expect, it } from 'vitest'
import { type Dissection, dissect, hex, up } from '../../../../test/support/dissection.ts'
import { DTLS_CONVERSATION, DTLS_SECRET } from '../../../../test/support/dtls-conversation.ts'
import type { Frame } from '../../../model/wire/frame.ts'
import { dissectCoap } from '../coap/coap.ts'
import { TlsSecrets } from '../tls/keys/tls-secrets.ts'
import { dissectDtls } from './dtls.ts'

function read(line: string | null): Dissection {
  const secrets = new TlsSecrets()
  if (line !== null) secrets.learn(line)
  return dissect(dissectDtls(dissectCoap, secrets), DTLS_CONVERSATION)
}

const bytesIn = ({ parts }: Frame, layer: string): number =>
  parts.reduce((sum, part) => sum + (part.layer === layer ? part.lengthBytes : 0), 0)

describe('CoAP over DTLS', () => {
  it('is opened with the secret of its client, each datagram a frame', () => {
    const { frames, gaps } = read(DTLS_SECRET)
    expect(gaps).toEqual([])
    expect(frames.map(({ direction, phase, label }) => `${direction} ${phase} ${label}`)).toEqual([
      'up setup ClientHello',
      'down setup HelloVerifyRequest',
      'up setup ClientHello',
      'down setup ServerHello',
      'down setup ServerKeyExchange',
      'down setup ServerHelloDone',
      'up setup ClientKeyExchange',
      'up setup change_cipher_spec',
      'up setup Finished',
      'down setup change_cipher_spec',
      'down setup Finished',
      'up steady PUT',
      'down steady response',
      'up close close_notify',
      'down close close_notify',
    ])
    const [put, response] = frames.slice(11) as [Frame, Frame]
    // Around each record of AES_128_CCM_8: header 13, nonce 8, tag 8.
    expect([bytesIn(put, 'payload'), bytesIn(put, 'security')]).toEqual([14, 13 + 8 + 8])
    expect([bytesIn(response, 'acknowledgement'), bytesIn(response, 'security')]).toEqual([5, 29])
    const suite = frames[3]?.parts.find(({ label }) => label === 'ServerHello')?.text
    expect(suite).toBe('TLS_PSK_WITH_AES_128_CCM_8')
  })

  it('is read the same where the secret comes late', () => {
    const secrets = new TlsSecrets()
    const late: Frame[] = []
    const dissector = dissectDtls(
      dissectCoap,
      secrets,
    )({ frame: (frame) => late.push(frame), unexplained: () => expect.unreachable() })
    for (const [direction, bytes] of DTLS_CONVERSATION) dissector.feed(direction, bytes)
    expect(late).toHaveLength(8)
    secrets.learn(DTLS_SECRET)
    dissector.end()
    expect(late).toEqual(read(DTLS_SECRET).frames)
  })

  it('is a gap where nobody tells the secret, or a wrong one', () => {
    expect(read(null).gaps).toMatchObject([
      { direction: 'up', reason: expect.stringMatching(/CLIENT_RANDOM .* is not known/) },
      { direction: 'down', reason: expect.stringMatching(/CLIENT_RANDOM .* is not known/) },
    ])
    const wrong = DTLS_SECRET.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    expect(read(wrong).gaps[0]?.reason).toMatch(/authentication tag/)
  })

  it('says what is no record', () => {
    const gapOf = (datagram: string) =>
      dissect(dissectDtls(dissectCoap, new TlsSecrets()), [up(hex(datagram))]).gaps[0]?.reason
    expect(gapOf('40 01 0001')).toMatch(/no record of DTLS/)
    expect(gapOf('16 fefd 0000 000000000000 0002 01')).toMatch(/longer than its datagram/)
    expect(gapOf('16 fefd 0000 000000000000 0002 0100')).toMatch(/not one message/)
    expect(gapOf('15 fefd 0000 000000000000 0002 0500')).toMatch(/not a level/)
    expect(gapOf('17 fefd 0001 000000000000 0000')).toMatch(/before ServerHello/)
  })
})
