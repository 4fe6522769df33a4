import type { ConnectionOptions, TlsOptions } from 'node:tls'
import type { TlsProfile } from '../../model/tls/profile.ts'

/** Of 16 bytes, and no secret: an endpoint of ours is open to this machine alone, and to the run's own connections. */
export const SHARED_KEY: Buffer = Buffer.from('mqtt-vs-http key')

/** How a device shows that it knows the key (RFC 4279); nothing where the server has a certificate. */
export function sharedKeyOfDevice({
  proof,
}: TlsProfile): Pick<ConnectionOptions, 'pskCallback' | 'checkServerIdentity'> {
  if (proof.kind !== 'shared-key') return {}
  return {
    pskCallback: () => ({ psk: SHARED_KEY, identity: proof.identity }),
    // There is no certificate with a name in it: who knows the key is the server.
    checkServerIdentity: () => undefined,
  }
}

/** How a server knows who knows the key; nothing where it has a certificate. */
export function sharedKeyOfServer({ proof }: TlsProfile): Pick<TlsOptions, 'pskCallback'> {
  if (proof.kind !== 'shared-key') return {}
  return { pskCallback: (_socket, identity) => (identity === proof.identity ? SHARED_KEY : null) }
}
