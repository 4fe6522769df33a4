import type { DissectorFactory } from '../../model/frame.ts'
import type { TlsSecrets } from '../tls-secrets.ts'

export function dissectTls(_inner: DissectorFactory, _secrets: TlsSecrets): DissectorFactory {
  throw new Error('placeholder of the first commit on this branch')
}
