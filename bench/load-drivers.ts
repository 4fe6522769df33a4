import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import mqtt from 'mqtt'
import { median } from '../src/stats/summary.ts'
import { startMosquitto } from '../src/transports/mqtt/mosquitto-process.ts'
import { findMosquitto } from '../src/transports/mqtt/mosquitto-program.ts'
import type { ArmResult, ArmTask } from './load-arm.ts'

/**
 * Holds the load drivers against others on this machine: MQTT.js and more
 * processes into one Mosquitto, a sink that only acknowledges, many connections,
 * and wrk on the same Fastify endpoint. Prints what docs/performance.md shows.
 */

const here = dirname(fileURLToPath(import.meta.url))
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)
const MANY = Number(process.env.BENCH_CONNECTIONS ?? 10_000)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
const COUNT_DEADLINE_MS = 10_000
const { signal } = new AbortController()

const start = (file: string, execArgv: string[] = []): ChildProcess =>
  fork(join(here, file), [], { execArgv })

async function runArm(task: Omit<ArmTask, 'seconds' | 'name'>, index = 0): Promise<ArmResult> {
  const child = start('load-arm.js', ['--expose-gc'])
  const name = `${task.arm.replace(/\W/g, '')}-${index}`
  child.send({ ...task, seconds: SECONDS, name } satisfies ArmTask)
  const answer = once(child, 'message')
  const ended = once(child, 'exit')
  const [result] = (await Promise.race([
    answer,
    ended.then(([code]) => Promise.reject(new Error(`${task.arm} ended with ${code}`))),
  ])) as [ArmResult]
  await ended
  return result
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const perS = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`.padStart(12)
const total = (results: readonly ArmResult[], of: (result: ArmResult) => number): number =>
  results.reduce((sum, result) => sum + of(result), 0)

/** Several processes that load one server at one time. */
type Turn = readonly ArmResult[]

const rateOf = (turn: Turn): number => total(turn, ({ messagesPerS }) => messagesPerS)
const middleOf = (turns: readonly Turn[]): Turn =>
  turns.toSorted((a, b) => rateOf(a) - rateOf(b))[turns.length >> 1] as Turn

function show(name: string, turn: Turn): void {
  const cpu = total(turn, ({ cpuShare }) => cpuShare ?? Number.NaN).toFixed(2)
  // Percentiles of several processes make none of all.
  const [p99Us, ...others] = turn.map((result) => result.p99Us)
  const isOne = p99Us != null && others.length === 0
  const p99 = isOne ? `  p99 ${Math.round(p99Us)} us` : ''
  print(`${name.padEnd(34)}${perS(rateOf(turn))}  CPU ${cpu}${p99}`)
}

function showCounts(turns: readonly Turn[], received: number | null): void {
  const sent = total(turns.flat(), ({ sentInAll }) => sentInAll)
  const completed = total(turns.flat(), ({ completedInAll }) => completedInAll)
  const says = sent === completed && sent === received ? 'the same' : 'NOT THE SAME'
  print(
    `sent ${sent}, acknowledged ${completed}, received by the server ${received ?? 'unknown'}: ${says}`,
  )
}

interface Contestant {
  readonly name: string
  readonly arm: ArmTask['arm']
  readonly processes: number
}

/** Each in turn, over and over, so that a slow minute of the machine meets all of them. */
async function takeTurns(
  contestants: readonly Contestant[],
  task: Omit<ArmTask, 'seconds' | 'name' | 'arm'>,
): Promise<Map<string, Turn[]>> {
  const turns = new Map<string, Turn[]>(contestants.map(({ name }) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, arm, processes } of contestants) {
      const parts = Array.from({ length: processes }, (_, index) => runArm({ ...task, arm }, index))
      turns.get(name)?.push(await Promise.all(parts))
    }
  }
  return turns
}

const IN_FLIGHT = { connections: 10, inFlight: 100 }

async function againstMosquitto(): Promise<void> {
  const found = await findMosquitto()
  print(`QoS 1 into one Mosquitto ${'version' in found ? found.version : ''}, 10 connections,`)
  print('100 in flight on each')
  for (const noDelay of [true, false]) {
    print(`\nthe broker with set_tcp_nodelay ${noDelay}`)
    const lines = [`set_tcp_nodelay ${noDelay}`, 'sys_interval 1']
    await using broker = await startMosquitto('127.0.0.1', signal, { lines })
    const turns = await takeTurns(
      [
        { name: 'mqtt.js', arm: 'mqtt.js', processes: 1 },
        { name: 'the driver, one process', arm: 'mqtt', processes: 1 },
        { name: 'the driver, 2 processes', arm: 'mqtt', processes: 2 },
        { name: 'the driver, 3 processes', arm: 'mqtt', processes: 3 },
      ],
      { port: broker.port, ...IN_FLIGHT },
    )
    for (const [name, all] of turns) show(name, middleOf(all))
    const [library = 0, one = 0, ...more] = [...turns.values()].map((all) => rateOf(middleOf(all)))
    print(`the driver is ${(one / library).toFixed(2)} times mqtt.js,`)
    print(`and brings ${(one / Math.max(one, ...more)).toFixed(2)} of what most of them bring`)
    const all = [...turns.values()].flat()
    const expected = total(all.flat(), ({ sentInAll }) => sentInAll)
    showCounts(all, await countOfBroker(broker.port, expected))
  }
}

/** How many PUBLISH packets a Mosquitto says that it received, once that is at least as many as expected; null where it says nothing. */
async function countOfBroker(port: number, expected: number): Promise<number | null> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`)
  let count: number | null = null
  const counted = new Promise<void>((resolve) => {
    client.on('message', (_topic, payload) => {
      count = Number(payload.toString())
      if (count >= expected) resolve()
    })
  })
  const deadline = sleep(COUNT_DEADLINE_MS, undefined, { ref: false })
  await client.subscribeAsync('$SYS/broker/publish/messages/received')
  await Promise.race([counted, deadline])
  await client.endAsync(true)
  return count
}

async function intoSink(): Promise<void> {
  print('\nQoS 1 into a sink that only acknowledges, 10 connections, 100 in flight on each')
  const sink = start('mqtt-sink.js')
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }]
  const turn = [await runArm({ arm: 'mqtt', port, ...IN_FLIGHT })]
  show('the driver, one process', turn)
  sink.send('how many')
  const [{ received }] = (await once(sink, 'message')) as [{ received: number }]
  showCounts([turn], received)
  sink.disconnect()
  await once(sink, 'exit')
}

async function manyConnections(): Promise<void> {
  print(`\n${MANY.toLocaleString('en')} connections, idle, then one message a second on each`)
  const sizes: number[] = []
  for (const arm of ['mqtt idle', 'mqtt.js idle'] as const) {
    await using broker = await startMosquitto('127.0.0.1', signal)
    const result = await runArm({ arm, port: broker.port, connections: MANY, inFlight: 4 })
    const bytes = result.bytesPerConnection as number
    sizes.push(bytes)
    print(
      `${arm.padEnd(34)}${perS(result.messagesPerS)}  ${(bytes / 1024).toFixed(1)} KiB a connection`,
    )
  }
  const [own = 0, library = 0] = sizes
  print(`the driver takes ${(own / library).toFixed(2)} of what mqtt.js takes`)
}

async function againstWrk(): Promise<void> {
  print('\nPOST to one Fastify endpoint, 10 connections, no pipelining')
  const server = start('fastify-sink.js')
  const [{ port, script }] = (await once(server, 'message')) as [{ port: number; script: string }]
  const url = `http://127.0.0.1:${port}/sensors/temp`
  const rates: number[] = []
  const own: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const args = ['-t1', '-c10', `-d${SECONDS}s`, '-s', script, url]
    const { stdout } = await promisify(execFile)('wrk', args)
    rates.push(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]))
    const result = await runArm({ arm: 'http', port, connections: 10, inFlight: 1 })
    own.push(result.messagesPerS)
  }
  print(`${'wrk'.padEnd(34)}${perS(median(rates))}`)
  print(`${'the driver, one process'.padEnd(34)}${perS(median(own))}`)
  print(`the driver brings ${(median(own) / median(rates)).toFixed(2)} of wrk's rate (medians)`)
  server.disconnect()
  await once(server, 'exit')
}

const only = process.argv[2]
const parts = {
  mosquitto: againstMosquitto,
  sink: intoSink,
  many: manyConnections,
  wrk: againstWrk,
}
for (const [name, part] of Object.entries(parts)) {
  if (only === undefined || only === name) await part()
}
