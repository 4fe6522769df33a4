import { catalogue } from '../../model/text/language.ts'
import type { Plan } from '../../plan/plan.ts'
import { secretsOfCell } from '../../targets/scenario-secrets.ts'
import type { Targets } from '../../targets/target.ts'

const say = catalogue({
  en: {
    inTheClear: (url: string, file: string) =>
      `--pcap: what let us in at ${url} crossed the wire in the clear; in ${file} it is written over with x, but not where it is masked (WebSocket), compressed (HTTP/2) or shorter than 4 characters: think before you pass it on`,
  },
  'zh-TW': {
    inTheClear: (url, file) =>
      `--pcap：登入 ${url} 的憑據以明文經過線路；在 ${file} 中已用 x 蓋掉，但經過遮罩（WebSocket）、壓縮（HTTP/2）或少於 4 個字元的沒有蓋掉：轉交他人之前請三思`,
  },
})

/** The keys of TLS connections are written where every server is our own, and nothing in them lets anybody in. */
export function secretsInCapture({
  targets = {},
  scenarios,
}: Pick<Plan, 'targets' | 'scenarios'>): 'included' | 'withheld' {
  const isOurs = targets.http === undefined && targets.mqtt === undefined
  const isOpen = scenarios.every((planned) => secretsOfCell(planned).values.length === 0)
  return isOurs && isOpen ? 'included' : 'withheld'
}

/**
 * What was not encrypted on the wire is not encrypted in a capture of it. Known
 * secrets are written over there, but not in every disguise.
 */
export function captureNotes(pcap: string | undefined, { http, mqtt }: Targets = {}): string[] {
  if (pcap === undefined) return []
  return [http, mqtt].flatMap((target) => {
    if (target === undefined || target.reported.verification !== null) return []
    const isLetIn = target.reported.access.length > 0 || new URL(target.address).search !== ''
    return isLetIn ? [say.inTheClear(target.reported.url, pcap)] : []
  })
}
