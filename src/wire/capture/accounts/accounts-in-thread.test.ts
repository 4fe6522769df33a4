import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CaptureAccount, readCaptureLedger } from '../capture-ledger.ts'
import { isCaptureHead } from '../files/read-capture.ts'
import { AccountsInThread } from './accounts-in-thread.ts'

const FOLDER = new URL('../../../../test/fixtures/cases/', import.meta.url).pathname

/** Captures of all kinds: cut off, joined, with datagrams, tunnels and keys. */
const CAPTURES = readdirSync(FOLDER)
  .map((name) => ({ name, bytes: readFileSync(FOLDER + name) }))
  .filter(({ bytes }) => isCaptureHead(bytes))

describe('accounts in a thread', () => {
  it('find what accounts here do', async () => {
    expect(CAPTURES.length).toBeGreaterThan(20)
    await Promise.all(
      CAPTURES.map(async ({ name, bytes }) => {
        await using accounts = new AccountsInThread()
        const account = CaptureAccount.open(bytes, name, [], { accounts })
        account?.add(bytes)
        await account?.finish()
        expect(account?.end()).toEqual(readCaptureLedger(bytes, name, []))
      }),
    )
  })

  it('say what a key log is good for', async () => {
    await using accounts = new AccountsInThread()
    const { name, bytes } = CAPTURES[0] as (typeof CAPTURES)[number]
    const keyLog = [`CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}`]
    const account = CaptureAccount.open(bytes, name, keyLog, { accounts })
    account?.add(bytes)
    await account?.finish()
    expect(account?.end()).toEqual(readCaptureLedger(bytes, name, keyLog))
  })

  it('wait for room, and fail where the thread has failed', async () => {
    await using accounts = new AccountsInThread()
    expect(accounts.room()).toBeNull()
    const reader = accounts.open(1, { client: 'first', start: 'fresh', port: 1883 })
    const bytes = new Uint8Array(256 * 1024)
    for (let offset = 0; accounts.room() === null; offset += bytes.length) {
      reader.say({ end: 'first', bytes, offset, afterBytes: 0, missingBytes: 0 })
    }
    await accounts.room()
    expect(() => accounts.described(1)).toThrow('connection 1 was not settled')
    accounts.settle({ number: 1, places: null as never }, {} as never)
    await expect(accounts.settled()).rejects.toThrow()
  })
})
