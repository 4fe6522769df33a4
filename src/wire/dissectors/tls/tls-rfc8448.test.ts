import { expect, it } from 'vitest'
import { dissect, findTilingFault } from '../../../../test/support/dissection.ts'
import { RFC8448_CONVERSATION, RFC8448_KEY_LOG } from '../../../../test/support/rfc8448.ts'
import type { DissectorFactory } from '../../../model/wire/frame.ts'
import { TlsSecrets } from './keys/tls-secrets.ts'
import { dissectTls } from './tls.ts'

/** The trace carries no protocol: its 50 bytes are the message. */
function keepPlaintext(heard: string[]): DissectorFactory {
  return (sink) => {
    const offsets = { up: 0, down: 0 }
    return {
      feed(direction, bytes) {
        heard.push(`${direction} ${Buffer.from(bytes).toString('hex')}`)
        const offset = offsets[direction]
        offsets[direction] += bytes.length
        const lengthBytes = bytes.length
        const parts = [{ layer: 'payload' as const, label: 'data', lengthBytes }]
        const unit = { phase: 'steady' as const, label: 'data', clause: 'RFC 8448 §3' }
        sink.frame({ ...unit, direction, offset, lengthBytes, parts })
      },
      end() {},
    }
  }
}

it('reads the handshake of RFC 8448 §3, each record as long as the RFC says', () => {
  const secrets = new TlsSecrets()
  for (const line of RFC8448_KEY_LOG) secrets.learn(line)
  const heard: string[] = []
  const found = dissect(dissectTls(keepPlaintext(heard), secrets), RFC8448_CONVERSATION)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, RFC8448_CONVERSATION)).toBeNull()
  const summary = found.frames.map(
    (frame) => `${frame.direction} ${frame.label} ${frame.lengthBytes}`,
  )
  expect(summary).toEqual([
    'up ClientHello 201',
    'down ServerHello 95',
    'down EncryptedExtensions, Certificate, CertificateVerify, Finished 679',
    'up Finished 58',
    'down NewSessionTicket 227',
    'up data 72',
    'down data 72',
    'up close_notify 24',
    'down close_notify 24',
  ])
  const fifty = Buffer.from(Array.from({ length: 50 }, (_, index) => index)).toString('hex')
  expect(heard).toEqual([`up ${fifty}`, `down ${fifty}`])
  const messages = found.frames[2]?.parts
    .filter(({ label }) => label === 'handshake type and length')
    .map(({ text }) => text)
  expect(messages).toEqual([
    'EncryptedExtensions, 36',
    'Certificate, 441',
    'CertificateVerify, 132',
    'Finished, 32',
  ])
})
