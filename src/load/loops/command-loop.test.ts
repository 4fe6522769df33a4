import { describe, expect, it } from 'vitest'
import { type CommandClock, type CommandLink, runCommandLoop } from './command-loop.ts'
import { countCompleted, type LoopRecord, NEVER, recordInto } from './record.ts'
import { StateInbox } from './state-inbox.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const COMMANDS = ['24', '25', '26', '27', '28'].map(bytes)

interface Loop {
  readonly link: CommandLink
  readonly clock: CommandClock
  readonly record: LoopRecord
  readonly steps: string[]
  now: bigint
}

/**
 * A link without sockets and a clock without time: each step takes 10 ns.
 * @param device what it reports for a command
 */
function loop(device: (command: string) => string[], pauseNs = 0n): Loop {
  const steps: string[] = []
  const self = { now: 0n }
  const now = (): bigint => {
    self.now += 10n
    return self.now
  }
  const states = new StateInbox(now)
  const link: CommandLink = {
    states,
    stateDeadlineMs: 1,
    async command(payload) {
      const text = Buffer.from(payload).toString()
      steps.push(`command ${text}`)
      for (const state of device(text)) states.take(bytes(state))
    },
    onTaken: async () => {
      steps.push('taken')
    },
    settled: async () => {
      steps.push('settled')
    },
  }
  const clock: CommandClock = {
    now,
    async waitUntil(instant) {
      steps.push(`wait ${instant}`)
      self.now = instant
    },
    pauseNs: () => pauseNs,
  }
  const record: LoopRecord = { dueNs: [], sentNs: [], completedNs: [] }
  return Object.assign(self, { link, clock, record, steps })
}

const run = ({ link, clock, record }: Loop, commands = COMMANDS) =>
  runCommandLoop(link, commands, clock, recordInto(record))

describe('the command loop', () => {
  it('has one command in flight, done when all sides are', async () => {
    const given = loop((command) => [command])
    await run(given, COMMANDS.slice(0, 2))
    expect(given.steps).toEqual([
      ...['command 24', 'taken', 'settled'],
      ...['command 25', 'taken', 'settled'],
    ])
  })

  it('stamps the state when it arrives, not when it is looked for', async () => {
    const given = loop((command) => [command])
    await run(given, COMMANDS.slice(0, 2))
    expect(given.record).toEqual({
      dueNs: [10n, 40n],
      sentNs: [20n, 50n],
      completedNs: [30n, 60n],
    })
  })

  it('counts from when a command is due, after its pause', async () => {
    const given = loop((command) => [command], 1_000n)
    await run(given, COMMANDS.slice(0, 1))
    expect(given.steps[0]).toBe('wait 1010')
    expect(given.record).toEqual({ dueNs: [1_010n], sentNs: [1_020n], completedNs: [1_030n] })
  })

  it.each<[string, (command: string) => string[], number[]]>([
    ['changed', (command) => [command === '25' ? 'xx' : command], [1]],
    ['doubled', (command) => [command, command], []],
    ['lost', (command) => (command === '26' ? [] : [command]), [2]],
    ['of an earlier command', (command) => ['24', command], []],
  ])('completes a command only with its own state: %s', async (_, device, missing) => {
    const given = loop(device)
    await run(given)
    const never = given.record.completedNs.flatMap((at, index) => (at === NEVER ? [index] : []))
    expect(never).toEqual(missing)
    expect(countCompleted(given.record)).toBe(COMMANDS.length - missing.length)
  })

  it('does not take what came before for the state of this command', async () => {
    const given = loop((command) => (command === '24' ? ['24', '25'] : []))
    await run(given, COMMANDS.slice(0, 2))
    expect(given.record.completedNs[1]).toBe(NEVER)
  })

  it('gives up after three commands in a row without a state', async () => {
    const given = loop((command) => (command === '24' ? ['24'] : []))
    await run(given)
    expect(given.record.sentNs).toHaveLength(4)
    expect(countCompleted(given.record)).toBe(1)
  })

  it('throws what the link rejects with, and keeps what was done', async () => {
    const given = loop((command) => {
      if (command === '26') throw new Error('gone')
      return [command]
    })
    await expect(run(given)).rejects.toThrow('gone')
    expect([given.record.sentNs.length, countCompleted(given.record)]).toEqual([3, 2])
  })
})
