import type { ConnectionMemory } from '../../model/wire/frame.ts'
import { Recent } from '../dissectors/parsing/recent.ts'

/** So many clients are remembered; of more, the ones that were seen last. */
const MAX_SESSIONS = 10_000

/** What sessions that outlive their connections have under way, for all connections of one capture or tap. */
export class KeptSessions implements ConnectionMemory {
  readonly #sets = new Recent<string, Set<string>>(MAX_SESSIONS)

  recall(key: string, keep: boolean): Set<string> {
    const set = (keep ? this.#sets.get(key) : undefined) ?? new Set()
    this.#sets.set(key, set)
    return set
  }
}
