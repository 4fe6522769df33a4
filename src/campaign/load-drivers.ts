import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startMosquitto } from '../transports/mqtt/mosquitto-process.ts'
import type { ArmResult, ArmTask } from './load-arm.ts'

/**
 * Holds the load drivers against others on this machine: MQTT.js and more
 * processes into one Mosquitto, a sink that only acknowledges, many connections,
 * and wrk on the same Fastify endpoint. Prints what docs/performance.md shows.
 */

const here = dirname(fileURLToPath(import.meta.url))
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const MANY = Number(process.env.BENCH_CONNECTIONS ?? 10_000)

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
const show = (name: string, { messagesPerS, cpuShare, p99Us }: ArmResult): void =>
  print(
    `${name.padEnd(34)}${perS(messagesPerS)}  CPU ${cpuShare.toFixed(2)}${
      p99Us === null ? '' : `  p99 ${Math.round(p99Us)} us`
    }`,
  )

async function againstMosquitto(): Promise<void> {
  print('QoS 1 into one Mosquitto, 10 connections, 100 in flight on each')
  const { signal } = new AbortController()
  await using broker = await startMosquitto('127.0.0.1', signal)
  const task = { port: broker.port, connections: 10, inFlight: 100 }
  const library = await runArm({ ...task, arm: 'mqtt.js' })
  const one = await runArm({ ...task, arm: 'mqtt' })
  show('mqtt.js', library)
  show('the driver, one process', one)
  for (const processes of [2, 3]) {
    const parts = await Promise.all(
      Array.from({ length: processes }, (_, index) => runArm({ ...task, arm: 'mqtt' }, index)),
    )
    const sum = parts.reduce((total, part) => total + part.messagesPerS, 0)
    print(`${`the driver, ${processes} processes`.padEnd(34)}${perS(sum)}`)
  }
  print(`the driver is ${(one.messagesPerS / library.messagesPerS).toFixed(2)} times mqtt.js`)
  print(`unacknowledged: ${one.unacknowledged}`)
}

async function intoSink(): Promise<void> {
  print('\nQoS 1 into a sink that only acknowledges, 10 connections, 100 in flight on each')
  const sink = start('mqtt-sink.js')
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }]
  const result = await runArm({ arm: 'mqtt', port, connections: 10, inFlight: 100 })
  show('the driver, one process', result)
  sink.disconnect()
  await once(sink, 'exit')
}

async function manyConnections(): Promise<void> {
  print(`\n${MANY.toLocaleString('en')} connections, idle, then one message a second on each`)
  const sizes: number[] = []
  for (const arm of ['mqtt idle', 'mqtt.js idle'] as const) {
    const { signal } = new AbortController()
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
  for (let round = 0; round < 3; round += 1) {
    const args = ['-t1', '-c10', `-d${SECONDS}s`, '-s', script, url]
    const { stdout } = await promisify(execFile)('wrk', args)
    rates.push(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]))
    const result = await runArm({ arm: 'http', port, connections: 10, inFlight: 1 })
    own.push(result.messagesPerS)
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[1] as number
  print(`${'wrk'.padEnd(34)}${perS(median(rates))}`)
  print(`${'the driver, one process'.padEnd(34)}${perS(median(own))}`)
  print(
    `the driver brings ${(median(own) / median(rates)).toFixed(2)} of wrk's rate (medians of 3)`,
  )
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
