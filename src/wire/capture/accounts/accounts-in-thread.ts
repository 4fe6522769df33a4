import { Worker } from 'node:worker_threads'
import type { CapturedConnection } from '../../../model/report/tap/captured.ts'
import { workerFile } from '../../../system/worker-file.ts'
import type { Identity, Opening } from '../connection-account.ts'
import type { ConversationReader, ConversationSums } from '../conversations/tcp-conversation.ts'
import { type AccountBatch, BatchWriter, type WhatWasRead } from './account-batches.ts'
import { type ConnectionAccounts, describedOf } from './connection-accounts.ts'

/** So many batches may be with the reader: what is held is bounded, however slow it is. */
const MOST_SENT = 8

/** Reads in a thread of its own what connections say, so that a large capture takes two cores. */
export class AccountsInThread implements ConnectionAccounts, AsyncDisposable {
  readonly #worker: Worker
  readonly #writer = new BatchWriter((batch) => this.#send(batch))
  readonly #described = new Map<number, CapturedConnection>()
  #sent = 0
  #failure: Error | null = null
  /** Waits for a batch to be read. */
  #wake: () => void = () => undefined
  hasFoundSecret = false

  constructor() {
    const entry = 'wire/capture/accounts/account-thread'
    const { file, execArgv } = workerFile(undefined, process.execArgv, entry)
    this.#worker = new Worker(file, { execArgv: [...execArgv] })
    this.#worker.on('message', (message: WhatWasRead) => this.#hear(message))
    this.#worker.on('error', (error) => {
      this.#failure ??= error
      this.#wake()
    })
  }

  open(number: number, opening: Opening): ConversationReader {
    const writer = this.#writer
    writer.opened(number, opening)
    return {
      say: (utterance) => writer.said(number, utterance),
      note: (note) => writer.note(number, note),
    }
  }

  settle(identity: Identity, sums: ConversationSums): void {
    this.#writer.settled(identity, sums)
  }

  learn(line: string): void {
    this.#writer.secret(line)
  }

  room(): Promise<void> | null {
    return this.#sent > MOST_SENT ? this.#until(MOST_SENT / 2) : null
  }

  async settled(): Promise<void> {
    this.#writer.flush()
    await this.#until(0)
  }

  described(number: number): CapturedConnection {
    return describedOf(this.#described, number)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #send(batch: AccountBatch): void {
    this.#sent += 1
    this.#worker.postMessage(batch, [batch.heads.buffer, batch.content.buffer])
  }

  #hear({ described, hasFoundSecret }: WhatWasRead): void {
    for (const connection of described) this.#described.set(connection.number, connection)
    this.hasFoundSecret = hasFoundSecret
    this.#sent -= 1
    this.#wake()
  }

  /** @throws what failed in the thread */
  async #until(sent: number): Promise<void> {
    while (this.#sent > sent && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== null) throw this.#failure
  }
}
