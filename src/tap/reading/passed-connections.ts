import type { ByteTotals } from '../../model/wire/ledger.ts'
import type { ConnectionFault, SocketPlace } from '../../wire/relay/tcp-relay.ts'
import { decodeJson, encodeJson, recordOf, type TapRecord } from './records.ts'

/** Connections of which nothing was kept: what the record `passed` has, whose value is how many. */
export interface Passed {
  /** Of the last of them. */
  client: SocketPlace
  /** That of each of them. */
  fault: ConnectionFault | null
  /** Of all of them together. */
  bytes: ByteTotals
}

/** Connections that came and went while there was no room for them: they take as much as one of each fault. */
export class PassedConnections {
  readonly #byFault = new Map<string, Passed & { count: number }>()

  get isEmpty(): boolean {
    return this.#byFault.size === 0
  }

  /** @returns false where more is known of it than that it came, how much it said, and that it went */
  add(records: readonly TapRecord[]): boolean {
    const isPassed = records.every(({ kind }, index) =>
      index === 0 ? kind === 'opened' : kind === 'skipped' || kind === 'broken',
    )
    const [opened] = records
    if (opened === undefined || !isPassed) return false
    const broken = records.find(({ kind }) => kind === 'broken')
    const fault = broken ? decodeJson<ConnectionFault>(broken.content) : null
    const key = fault === null ? '' : `${fault.side} ${fault.reason}`
    const its = this.#byFault.get(key) ?? { count: 0, fault, bytes: { up: 0, down: 0 } }
    for (const { kind, direction, value } of records) {
      if (kind === 'skipped') its.bytes[direction] += value
    }
    const client = decodeJson<SocketPlace>(opened.content)
    this.#byFault.set(key, { ...its, client, count: its.count + 1 })
    return true
  }

  /** As long as they find a place. */
  giveTo(take: (record: TapRecord) => boolean): boolean {
    for (const [key, { count, ...passed }] of this.#byFault) {
      const content = encodeJson(passed satisfies Passed)
      if (!take(recordOf('passed', { value: count, content }))) return false
      this.#byFault.delete(key)
    }
    return true
  }
}

/** The bytes of each of so many, which are those of all of them together. */
export function* sharesOf({ up, down }: ByteTotals, count: number): Generator<ByteTotals> {
  for (let left = count; left > 0; left -= 1) {
    const share = { up: Math.ceil(up / left), down: Math.ceil(down / left) }
    up -= share.up
    down -= share.down
    yield share
  }
}
