import type { Scenario } from './scenario.ts'
import { revealed } from './secret-value.ts'

/** The value of Authorization that lets a scenario's device in (RFC 6750 §2.1, RFC 7617 §2); null where it says none. */
export function authorizationOf({ token, http }: Pick<Scenario, 'token' | 'http'>): string | null {
  const { basic, bearer = token } = http
  if (basic !== undefined) {
    const pair = `${basic.username}:${revealed(basic.password)}`
    return `Basic ${Buffer.from(pair).toString('base64')}`
  }
  return bearer === undefined ? null : `Bearer ${revealed(bearer)}`
}
