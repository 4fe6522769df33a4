import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { spinFor } from './clock.ts'
import {
  familyCpuUs,
  parseStat,
  readUsage,
  type UsageReading,
  usageBetween,
} from './resource-usage.ts'

const reading = (atMs: number, userUs: number, active: number, idle: number): UsageReading => ({
  atNs: BigInt(atMs) * 1_000_000n,
  own: { userUs, systemUs: userUs / 2, loopActiveMs: active, loopIdleMs: idle },
  programs: [{ pid: 7, name: 'mosquitto', userUs: userUs / 10, systemUs: 0 }],
})

it('gives shares of one CPU over the interval', () => {
  const used = usageBetween('endpoint', 1, reading(100, 0, 0, 0), reading(1_100, 500_000, 750, 250))
  expect(used).toEqual([
    { name: 'endpoint', cpu: 1, userShare: 0.5, systemShare: 0.25, eventLoopShare: 0.75 },
    { name: 'mosquitto', cpu: 1, userShare: 0.05, systemShare: 0, eventLoopShare: null },
  ])
})

it('says nothing of a program that was not there at the beginning', () => {
  const before = { ...reading(0, 0, 0, 0), programs: [] }
  expect(usageBetween('endpoint', 1, before, reading(1_000, 1, 1, 1))).toHaveLength(1)
})

it('knows that it was busy', () => {
  const before = readUsage()
  spinFor(50_000)
  const [own] = usageBetween('this', null, before, readUsage())
  expect((own?.userShare ?? 0) + (own?.systemShare ?? 0)).toBeGreaterThan(0)
})

describe('/proc/<pid>/stat', () => {
  const rest = 'S 42 1 1 0 -1 4194560 1 0 0 0 123 45 6 7 20 0 1 0 999 1 1'
  it.each(['mosquitto', 'a b', 'odd) name (', '((('])('of a process called %s', (name) => {
    expect(parseStat(`7 (${name}) ${rest}\n`)).toEqual({
      ...{ pid: 7, parent: 42, name, userUs: 1_230_000, systemUs: 450_000, endedUs: 130_000 },
    })
  })

  it('that is something else', () => expect(parseStat('nothing of the kind')).toBeNull())
})

it.skipIf(process.platform !== 'linux')('finds programs below shells', async () => {
  const shell = spawn('sh', ['-c', 'echo; sleep 60 & wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  try {
    await once(shell.stdout, 'data')
    await expect.poll(() => readUsage().programs.map(({ name }) => name)).toContain('sleep')
  } finally {
    process.kill(-(shell.pid as number), 'SIGKILL')
  }
})

it.skipIf(process.platform !== 'linux')('knows what children that have ended had used', () => {
  const before = familyCpuUs() ?? 0
  execFileSync(process.execPath, ['-e', 'while (process.cpuUsage().user < 300_000);'])
  expect((familyCpuUs() ?? 0) - before).toBeGreaterThan(150_000)
})
