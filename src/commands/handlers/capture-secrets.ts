import type { Targets } from '../../targets/target.ts'

/** The keys of TLS connections are written where every server is our own. */
export const secretsInCapture = (targets: Targets = {}): 'included' | 'withheld' =>
  targets.http === undefined && targets.mqtt === undefined ? 'included' : 'withheld'

/**
 * What was not encrypted on the wire is not encrypted in a capture of it. Known
 * secrets are written over there, but not in every disguise.
 */
export function captureNotes(pcap: string | undefined, { http, mqtt }: Targets = {}): string[] {
  if (pcap === undefined) return []
  return [http, mqtt].flatMap((target) => {
    if (target === undefined || target.reported.verification !== null) return []
    const isLetIn = target.reported.access.length > 0 || new URL(target.address).search !== ''
    return isLetIn
      ? [
          `--pcap: what let us in at ${target.reported.url} crossed the wire in the clear; in ${pcap} it is written over with x, but not where it is masked (WebSocket), compressed (HTTP/2) or shorter than 4 characters: think before you pass it on`,
        ]
      : []
  })
}
