import type { Targets } from '../runner/target/target.ts'

/** The keys of TLS connections are written where every server is our own. */
export const secretsInCapture = (targets: Targets = {}): 'included' | 'withheld' =>
  targets.http === undefined && targets.mqtt === undefined ? 'included' : 'withheld'

/** A capture is what crossed the wire: what was not encrypted there is not encrypted in it. */
export function captureNotes(pcap: string | undefined, { http, mqtt }: Targets = {}): string[] {
  if (pcap === undefined) return []
  return [http, mqtt].flatMap((target) => {
    if (target === undefined || target.reported.verification !== null) return []
    const isLetIn = target.reported.access.length > 0 || new URL(target.address).search !== ''
    return isLetIn
      ? [
          `--pcap: ${pcap} holds what let us in at ${target.reported.url} as it crossed the wire, in the clear; do not pass it on`,
        ]
      : []
  })
}
