import type * as z from 'zod'
import type { tlsAgreementSchema } from './agreement-schema.ts'
import { tlsProfileOf } from './profiles.ts'

export type TlsAgreement = z.output<typeof tlsAgreementSchema>

/** The group that the profile would rather have had; null where it has it, or no key was exchanged. */
export function refusedGroup({
  profile,
  group,
}: Pick<TlsAgreement, 'profile' | 'group'>): string | null {
  const [wanted] = tlsProfileOf({ tls: profile }).groups
  return wanted === undefined || group === null || wanted === group ? null : wanted
}
