import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { startMosquitto } from '../src/transports/mqtt/mosquitto-process.ts'
import { findMosquitto } from '../src/transports/mqtt/mosquitto-program.ts'
import { mqttsClose, mqttsResumed } from '../src/transports/mqtt/mqtt-close.ts'
import { mqttsQos1 } from '../src/transports/mqtt/mqttjs.ts'
import {
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
    command: 'serve',
    input: {
      transport: 'mqtt5-qos0',
      scenario,
      host: '127.0.0.1',
      injection: { delayMs: 0, busyUs: 0, drop: 0, double: 0, change: 0, strayByte: null },
    },
  })
  const [reply] = await once(endpoint, 'message')
  expect(reply).toMatchObject({ ok: true })
  const [folder] = folders().filter((name) => !before.has(name))
  expect(folder).toBeDefined()
  expect(childrenOf(endpoint.pid as number)).not.toEqual([])
  endpoint.kill('SIGKILL')
  await once(endpoint, 'exit')
  await expect
    .poll(() => [...processesNamed(folder as string), ...folders().filter((f) => f === folder)])
    .toEqual([])
})

it('says how to install it where there is none', async () => {
  const found = await findMosquitto({ MQTT_VS_HTTP_MOSQUITTO: '/nowhere/mosquitto' })
  expect(found).toEqual({ missing: expect.stringContaining('apt-get install mosquitto') })
  using folder = temporaryFolder()
  const run = await runCommand(
    ['run', 'json', '-t', 'mqtt5-qos0', '--measure', 'bytes', '--out', folder.path],
    { env: { MQTT_VS_HTTP_MOSQUITTO: '/nowhere/mosquitto' } },
  )
  expect(run.code, run.stderr).toBe(0)
  const [row] = readCsv(folder.path, 'results.csv')
  expect(row?.status).toBe('skipped')
  expect(row?.reason).toContain('apt-get install mosquitto')
})
