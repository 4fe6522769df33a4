import type { TlsAgreement } from '../../model/tls/agreement.ts'
import type { Frame, FramePart } from '../../model/wire/frame.ts'
import { CERTIFICATE } from '../dissectors/tls/tls-certificate.ts'

/** What the server took and sent in the first handshake; null where there is no whole ServerHello. */
export function tlsAgreementOf(frames: readonly Frame[]): Omit<TlsAgreement, 'profile'> | null {
  const said = frames.filter(({ direction, phase }) => direction === 'down' && phase === 'setup')
  const start = said.findIndex(({ label }) => /\bServerHello\b/.test(label))
  if (start < 0) return null
  // Of other connections behind it nothing is read.
  const next = said.findIndex(({ label }, at) => at > start && /\bServerHello\b/.test(label))
  const parts = said.slice(start, next < 0 ? undefined : next).flatMap((frame) => frame.parts)
  const textOf = (label: string): string | undefined =>
    parts.find((part) => part.label === label)?.text
  const version = textOf('extension supported_versions') ?? textOf('legacy_version')
  const suite = textOf('cipher_suite')
  if (version === undefined || suite === undefined) return null
  const share = textOf('extension key_share') ?? textOf('named_curve')
  return {
    version,
    group: share?.split(' ')[0] ?? null,
    suite,
    certificateBytes: parts.filter(({ label }) => label === CERTIFICATE).map(bytesOf),
  }
}

/** Where a record ends inside a certificate, its part here is not the whole; its text is. */
const bytesOf = ({ text = '' }: FramePart): number => Number(text.replaceAll(',', ''))
