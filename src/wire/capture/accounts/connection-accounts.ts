import type { CapturedConnection } from '../../../model/report/tap/captured.ts'
import { KeptSessions } from '../../detection/kept-sessions.ts'
import { TlsSecrets } from '../../dissectors/tls/keys/tls-secrets.ts'
import {
  type CaptureContext,
  ConnectionAccount,
  type Identity,
  type Opening,
} from '../connection-account.ts'
import type { ConversationReader, ConversationSums } from '../conversations/tcp-conversation.ts'

/**
 * Reads what the TCP connections of a capture say: here, or in a thread of its own.
 * What is found is the same.
 */
export interface ConnectionAccounts {
  open(number: number, opening: Opening): ConversationReader
  /** Nothing more of it is said. */
  settle(identity: Identity, sums: ConversationSums): void
  /** A line of a TLS key log. */
  learn(line: string): void
  /** Of the secrets that were learnt: whether any was looked for. */
  readonly hasFoundSecret: boolean
  /** Null where there is room for more; else once there is. */
  room(): Promise<void> | null
  /** All that was settled until now is described. */
  settled(): Promise<void>
  /** Of one that was settled; where it is read elsewhere, after `settled`. */
  described(number: number): CapturedConnection
}

/** Reads them at once. */
export class AccountsHere implements ConnectionAccounts {
  readonly #context: CaptureContext
  readonly #open = new Map<number, ConnectionAccount>()
  readonly #described = new Map<number, CapturedConnection>()

  constructor(listeners: Pick<CaptureContext, 'onFrame' | 'onHead'> = {}) {
    this.#context = { secrets: new TlsSecrets(), memory: new KeptSessions(), ...listeners }
  }

  open(number: number, opening: Opening): ConnectionAccount {
    const account = new ConnectionAccount(opening, this.#context)
    this.#open.set(number, account)
    return account
  }

  settle(identity: Identity, sums: ConversationSums): void {
    const account = this.#open.get(identity.number)
    if (account === undefined) return
    this.#open.delete(identity.number)
    this.#described.set(identity.number, account.describe(sums, identity))
  }

  learn(line: string): void {
    this.#context.secrets.learn(line)
  }

  get hasFoundSecret(): boolean {
    return this.#context.secrets.wasFound
  }

  room(): null {
    return null
  }

  async settled(): Promise<void> {}

  described(number: number): CapturedConnection {
    return describedOf(this.#described, number)
  }

  /** The same, for the last time. */
  take(number: number): CapturedConnection {
    const described = this.described(number)
    this.#described.delete(number)
    return described
  }
}

export function describedOf(
  described: ReadonlyMap<number, CapturedConnection>,
  number: number,
): CapturedConnection {
  const found = described.get(number)
  if (found === undefined) throw new Error(`connection ${number} was not settled`)
  return found
}
