import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { expect, it, vi } from 'vitest'
import { loadCommands } from '../src/load/commands.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { saidText } from '../src/model/said/said.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { askEndpoint } from '../src/runner/ask.ts'
import { ServedCell } from '../src/runner/cells/running-cell.ts'
import { localEndpoint } from '../src/runner/endpoint-handle.ts'
import { openCell } from '../src/runner/stages/latency.ts'
import { localWorker } from '../src/system/worker.ts'
import { removeLeftBrokers, startMosquitto } from '../src/transports/mqtt/mosquitto-process.ts'
import { findMosquitto } from '../src/transports/mqtt/mosquitto-program.ts'
import { mqttQos1, mqttsQos1 } from '../src/transports/mqtt/mqttjs.ts'
import { mqttsClose, mqttsResumed } from '../src/transports/mqtt/own-connection/mqtt-close.ts'
import {
  BYTES_ONLY,
  childrenOf,
  hasTool,
  processesNamed,
  readCsv,
  root,
  runCommand,
  temporaryFolder,
} from './support/command.ts'

const PREFIX = 'mqtt-vs-http-mosquitto-'
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))

it.skipIf(!hasTool('mosquitto'))('tries another port when the first was taken', async () => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  const taken = (squatter.address() as { port: number }).port
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as { port: number }
  free.close()
  await once(free, 'close')
  const tried: number[] = []
  const broker = await startMosquitto('127.0.0.1', new AbortController().signal, {
    async choosePort() {
      tried.push(tried.length === 0 ? taken : port)
      return tried.at(-1) as number
    },
  })
  expect(tried).toEqual([taken, port])
  expect(broker.port).toBe(port)
  await broker[Symbol.asyncDispose]()
  squatter.close()
})

it.skipIf(!hasTool('mosquitto')).each([mqttsQos1, mqttsClose, mqttsResumed])(
  'speaks TLS for $id',
  async (transport) => {
    const options = transport.parseOptions({ broker: 'mosquitto' })
    const scenario = scenarioSchema.parse({ name: 'tls', title: 'tls', payload: { hex: '00' } })
    const arrived: string[] = []
    let isAllHere = (): void => {}
    const allHere = new Promise<void>((resolve) => {
      isAllHere = resolve
    })
    const { signal } = new AbortController()
    await using endpoint = await transport.serve(options, {
      scenario,
      host: '127.0.0.1',
      onArrival(payload) {
        if (arrived.push(Buffer.from(payload).toString()) === 3) isAllHere()
        return undefined
      },
      signal,
    })
    const { address, certificate = '' } = endpoint
    expect(address.protocol).toBe('mqtts:')
    const context = { scenario, signal, certificate }
    const session = await transport.acquireSession?.(address, options, context)
    await using peer = await transport.connect(address, options, {
      ...context,
      ...(session !== undefined && { session }),
    })
    const producer = await peer.openProducer()
    if (producer.kind !== 'paced') throw new Error('not paced')
    for (const text of ['a', 'b', 'c']) await producer.send(Buffer.from(text))
    await allHere
    expect(arrived).toEqual(['a', 'b', 'c'])
  },
)

it.skipIf(!hasTool('mosquitto'))('ends when its endpoint process is killed', async () => {
  const before = new Set(folders())
  const scenario = scenarioSchema.parse({ name: 'a', title: 'a', payload: { hex: '00' } })
  const endpoint = fork(`${root}/dist/worker.js`, ['endpoint', 'killed'], {
    serialization: 'advanced',
  })
  endpoint.send({
    id: 1,
    command: 'endpoint',
    input: {
      cell: 'mqtt5-qos0',
      command: 'serve',
      input: {
        ...{ transport: 'mqtt5-qos0', scenario, options: {}, host: '127.0.0.1' },
        injection: NO_INJECTION,
      },
    },
  })
  const [reply] = await once(endpoint, 'message')
  expect(reply).toMatchObject({ ok: true })
  const [folder] = folders().filter(
    (name) => !before.has(name) && name.includes(`-${endpoint.pid}.`),
  )
  expect(folder).toBeDefined()
  expect(childrenOf(endpoint.pid as number)).not.toEqual([])
  endpoint.kill('SIGKILL')
  await once(endpoint, 'exit')
  await expect.poll(() => processesNamed(folder as string)).toEqual([])
  await removeLeftBrokers()
  expect(folders()).not.toContain(folder)
})

/** One that has ended has no command line any more, even where nobody waits for it. */
const isAlive = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

it.skipIf(!hasTool('mosquitto'))(
  'says so when it is killed itself, and not when it is told to end',
  async () => {
    const { signal } = new AbortController()
    const killed = await startMosquitto('127.0.0.1', signal)
    process.kill(killed.pid, 'SIGKILL')
    expect((await killed.failed).message).toBe('Mosquitto ended unexpectedly: SIGKILL')
    await killed[Symbol.asyncDispose]()
    const told = await startMosquitto('127.0.0.1', signal)
    await told[Symbol.asyncDispose]()
    expect(told.failure()).toBeNull()
  },
)

/** A process that starts a broker, says where, and waits. */
function startOwner(options: SpawnOptions = {}): ChildProcess {
  const module = `file://${root}/src/transports/mqtt/mosquitto-process.ts`
  const script = `
    import { removeLeftBrokers, startMosquitto } from '${module}'
    const { port, pid } = await startMosquitto('127.0.0.1', new AbortController().signal)
    console.log(JSON.stringify({ port, pid }))
    setInterval(() => {}, 1000)`
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function readBroker(owner: ChildProcess): Promise<{ pid: number }> {
  for await (const line of createInterface(owner.stdout as Readable)) return JSON.parse(line)
  throw new Error('it ended before it had a broker')
}

it.skipIf(!hasTool('mosquitto'))('of a killed run is ended by the next one', async () => {
  // Without the program that has the kernel end it.
  const killed = startOwner({ env: { ...process.env, PATH: pathWithout('setpriv') } })
  const left = await readBroker(killed)
  const [folder] = folders().filter((name) => name.includes(`-${killed.pid}.`))
  expect(folder).toBeDefined()
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  expect(isAlive(left.pid)).toBe(true)
  const next = startOwner()
  try {
    await readBroker(next)
    expect(folders()).not.toContain(folder)
    await expect.poll(() => processesNamed(folder as string)).toEqual([])
  } finally {
    next.kill('SIGKILL')
    await once(next, 'exit')
  }
})

/** Folders that do not have it. */
const pathWithout = (program: string): string =>
  (process.env.PATH ?? '')
    .split(':')
    .filter((folder) => !existsSync(`${folder}/${program}`))
    .join(':')

it('says how to install it where there is none', async () => {
  const found = await findMosquitto({ MQTT_VS_HTTP_MOSQUITTO: '/nowhere/mosquitto' })
  expect(found).toMatchObject({ missing: { values: { install: 'apt-get install mosquitto' } } })
  using folder = temporaryFolder()
  const run = await runCommand(
    ['run', 'json', '-t', 'mqtt5-qos0', ...BYTES_ONLY, '--out', folder.path],
    { env: { MQTT_VS_HTTP_MOSQUITTO: '/nowhere/mosquitto' } },
  )
  expect(run.code, run.stderr).toBe(3)
  expect(run.stderr).toMatch(/json on mqtt5-qos0 was asked for and not measured: .*apt-get install/)
  const [row] = readCsv(folder.path, 'results.csv')
  expect(row?.status).toBe('skipped')
  expect(row?.reason).toContain('apt-get install mosquitto')
})

it('starts nothing where it was asked for and there is none', async () => {
  const env = { MQTT_VS_HTTP_MOSQUITTO: '/nowhere/mosquitto' }
  const run = await runCommand(['run', 'json', '--broker', 'mosquitto'], { env })
  expect(run.code).toBe(2)
  expect(run.stderr).toMatch(/--broker: .*apt-get install mosquitto/)
})

it('is told to have been killed, not to be unreachable, where whoever watches loses it', async () => {
  vi.stubEnv('MQTT_VS_HTTP_MOSQUITTO', join(root, 'test/support/dying-mosquitto.mjs'))
  const scenario = scenarioSchema.parse({ name: 'gone', title: 'gone', payload: { hex: '00' } })
  const { signal } = new AbortController()
  const options = mqttQos1.parseOptions({ broker: 'mosquitto' })
  const place = { scenario, host: '127.0.0.1', onArrival: () => undefined, signal }
  const serving = Promise.resolve(mqttQos1.serve(options, place)).finally(() => vi.unstubAllEnvs())
  await expect(serving).rejects.toThrow('Mosquitto ended unexpectedly: SIGKILL')
})

it.skipIf(!hasTool('mosquitto'))(
  'is told to have been killed where a device finds nobody there',
  async () => {
    const scenario = scenarioSchema.parse({ name: 'gone', title: 'gone', payload: { hex: '00' } })
    const plan = { injection: NO_INJECTION, options: { broker: 'mosquitto' } }
    const endpoint = localEndpoint('gone')
    const own = { transport: mqttQos1.id, scenario, ...plan }
    const served = await askEndpoint({ endpoint }, 'serve', { ...own, host: '127.0.0.1' })
    const broker = childrenOf(process.pid).find(({ args }) => args.includes(PREFIX))
    process.kill(broker?.pid as number, 'SIGKILL')
    const collect = () => askEndpoint({ endpoint }, 'collect', { expected: 0, deadlineMs: 0 })
    const isOver = () =>
      collect()
        .then(() => false)
        .catch(() => true)
    await expect.poll(isOver).toBe(true)
    const draft = { fail: vi.fn() }
    const planned = { scenario, fileBytes: null, transports: [mqttQos1.id] }
    const cell = new ServedCell({ ...served, ...own, planned, draft: draft as never, endpoint })
    const load = localWorker(loadCommands)
    await openCell(cell, { plan, load, checkpoint: () => {} } as never)
    expect(draft.fail.mock.calls.map(([reason]) => saidText(reason))).toEqual([
      'Mosquitto ended unexpectedly: SIGKILL',
    ])
    await askEndpoint({ endpoint }, 'stop', undefined)
  },
)
