import { setTimeout as sleep } from 'node:timers/promises'
import mqtt from 'mqtt'
import { openHttpLoadDriver } from '../src/load/driver/http/http-load-driver.ts'
import type { LoadDriver, LoadTally } from '../src/load/driver/load-driver.ts'
import { openMqttLoadDriver } from '../src/load/driver/mqtt/mqtt-load-driver.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { LatencyHistogram } from '../src/stats/latency-histogram.ts'
import { nowNs } from '../src/system/clock.ts'

/** What one arm of the comparison does, in a process of its own. */
export interface ArmTask {
  readonly arm: 'mqtt' | 'mqtt.js' | 'http' | 'mqtt idle' | 'mqtt.js idle'
  readonly port: number
  readonly connections: number
  readonly inFlight: number
  readonly seconds: number
  /** Tells the client ids of processes apart. */
  readonly name: string
}

export interface ArmResult {
  readonly messagesPerS: number
  /** Over its whole life, the warm-up too: what the other side has to have counted. */
  readonly sentInAll: number
  readonly completedInAll: number
  /** Null of the idle arms. */
  readonly cpuShare: number | null
  /** Of the process, over what it took before the first connection; of the idle arms. */
  readonly bytesPerConnection: number | null
  readonly p99Us: number | null
}

const TOPIC = 'sensors/temp'
const PAYLOAD = Buffer.from('{ "temp": 25 }')
const SCENARIO = scenarioSchema.parse({
  ...{ name: 'load', title: 'load', topic: TOPIC },
  payload: { text: PAYLOAD.toString(), contentType: 'application/json' },
})
const WARM_UP_S = 1

const startedNs = nowNs()
const now = (): number => Number(nowNs() - startedNs)
const { signal } = new AbortController()

process.on('message', (task: ArmTask) => {
  void perform(task).then((result) => {
    process.send?.(result)
    process.disconnect()
  })
})

const perform = (task: ArmTask): Promise<ArmResult> => {
  if (task.arm === 'mqtt.js') return loadWithLibrary(task)
  if (task.arm === 'mqtt idle' || task.arm === 'mqtt.js idle') return keepMany(task)
  return loadWithDriver(task)
}

async function openDriver(task: ArmTask): Promise<LoadDriver> {
  const { arm, port, connections, inFlight, name } = task
  const shared = {
    trust: { scenario: SCENARIO },
    scenario: SCENARIO,
    payloads: [PAYLOAD],
    shape: { connections, inFlight, connectPerSecond: 2_000 },
    now,
    signal,
  }
  if (arm === 'http') {
    return openHttpLoadDriver({
      ...shared,
      address: new URL(`http://127.0.0.1:${port}`),
      url: new URL(`http://127.0.0.1:${port}/sensors/temp`),
      onRedirect: () => {},
      onDate: () => {},
    })
  }
  return openMqttLoadDriver({
    ...shared,
    address: new URL(`mqtt://127.0.0.1:${port}`),
    ...{ protocolVersion: 4, qos: 1 },
    clientId: (index) => `${name}-${index}`,
  })
}

async function loadWithDriver(task: ArmTask): Promise<ArmResult> {
  await using driver = await openDriver(task)
  await driver.connect()
  const drive = (seconds: number, response: LatencyHistogram): Promise<LoadTally> =>
    driver.drive(
      {
        pacer: null,
        until: { messages: Number.POSITIVE_INFINITY, elapsedNs: seconds * 1e9 },
        ...{ drainMs: 5_000, signal },
      },
      {
        completed(responseNs) {
          response.record(responseNs)
        },
      },
    )
  const warmUp = await drive(WARM_UP_S, new LatencyHistogram())
  const before = process.cpuUsage()
  const response = new LatencyHistogram()
  const { sent, completed, elapsedNs } = await drive(task.seconds, response)
  const { user, system } = process.cpuUsage(before)
  const p99Ns = response.supportedPercentile(0.99)
  return {
    messagesPerS: (completed * 1e9) / elapsedNs,
    sentInAll: warmUp.sent + sent,
    completedInAll: warmUp.completed + completed,
    cpuShare: ((user + system) * 1e3) / elapsedNs,
    bytesPerConnection: null,
    p99Us: p99Ns === null ? null : p99Ns / 1e3,
  }
}

async function loadWithLibrary(task: ArmTask): Promise<ArmResult> {
  const { port, connections, inFlight, seconds, name } = task
  const clients = await Promise.all(
    Array.from({ length: connections }, (_, index) =>
      mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: `${name}-${index}` }),
    ),
  )
  let sent = 0
  let completed = 0
  let isOver = false
  const keepOne = async (client: mqtt.MqttClient): Promise<void> => {
    while (!isOver) {
      sent += 1
      await client.publishAsync(TOPIC, PAYLOAD, { qos: 1 })
      completed += 1
    }
  }
  const all = clients.flatMap((client) => Array.from({ length: inFlight }, () => keepOne(client)))
  await sleep(WARM_UP_S * 1_000)
  const before = { completed, at: now(), cpu: process.cpuUsage() }
  await sleep(seconds * 1_000)
  const counted = completed - before.completed
  const elapsedNs = now() - before.at
  const { user, system } = process.cpuUsage(before.cpu)
  isOver = true
  await Promise.all(all)
  await Promise.all(clients.map((client) => client.endAsync()))
  return {
    messagesPerS: (counted * 1e9) / elapsedNs,
    ...{ sentInAll: sent, completedInAll: completed },
    cpuShare: ((user + system) * 1e3) / elapsedNs,
    bytesPerConnection: null,
    p99Us: null,
  }
}

/** Opens many connections, lets them idle, then has each send one message a second. */
async function keepMany(task: ArmTask): Promise<ArmResult> {
  const { arm, port, connections, seconds, name } = task
  const collect = (): number => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    if (process.env.BENCH_RSS === undefined) return heapUsed + external
    return process.memoryUsage().rss
  }
  const emptyBytes = collect()
  const perConnection = (): number => (collect() - emptyBytes) / connections
  if (arm === 'mqtt idle') {
    await using driver = await openDriver(task)
    const { opened } = await driver.connect()
    if (opened < connections) throw new Error(`only ${opened} connections were opened`)
    await sleep(2_000)
    const bytesPerConnection = perConnection()
    const pacer = { next: (_: number, sent: number) => (sent * 1e9) / connections }
    const until = { messages: connections * seconds, elapsedNs: (seconds + 5) * 1e9 }
    const tally = await driver.drive({ pacer, until, drainMs: 5_000, signal }, { completed() {} })
    return {
      messagesPerS: (tally.completed * 1e9) / tally.elapsedNs,
      ...{ sentInAll: tally.sent, completedInAll: tally.completed },
      ...{ cpuShare: null, bytesPerConnection, p99Us: null },
    }
  }
  const clients: mqtt.MqttClient[] = []
  while (clients.length < connections) {
    const batch = Array.from({ length: 100 }, (_, index) =>
      mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
        clientId: `${name}-${clients.length + index}`,
      }),
    )
    clients.push(...(await Promise.all(batch)))
  }
  await sleep(2_000)
  const bytesPerConnection = perConnection()
  const startNs = now()
  let completed = 0
  const waiting: Promise<unknown>[] = []
  for (let sent = 0; sent < connections * seconds; sent += 1) {
    const dueNs = startNs + (sent * 1e9) / connections
    while (now() < dueNs) await sleep(1)
    const client = clients[sent % connections] as mqtt.MqttClient
    waiting.push(
      client.publishAsync(TOPIC, PAYLOAD, { qos: 1 }).then(() => {
        completed += 1
      }),
    )
  }
  await Promise.all(waiting)
  const messagesPerS = (completed * 1e9) / (now() - startNs)
  await Promise.all(clients.map((client) => client.endAsync(true)))
  return {
    ...{ messagesPerS, sentInAll: waiting.length, completedInAll: completed },
    ...{ cpuShare: null, bytesPerConnection, p99Us: null },
  }
}
