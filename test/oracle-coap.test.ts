import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { type ScenarioInput, scenarioSchema } from '../src/model/scenario/scenario.ts'
import type { Direction } from '../src/model/vocabulary.ts'
import type { Frame } from '../src/model/wire/frame.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { dissectCoap } from '../src/wire/dissectors/coap/coap.ts'
import { openUdpRelay } from '../src/wire/relay/udp-relay.ts'
import { plainPass } from './support/byte-pass.ts'
import { COAP_CONVERSATION } from './support/coap-conversation.ts'
import { hasTool, temporaryFolder } from './support/command.ts'
import { Datagrams } from './support/datagrams.ts'
import { type Conversation, dissect } from './support/dissection.ts'
import { binary, inbox } from './support/transports.ts'

/**
 * CoAP held against two readers that share no code with the instrument: a
 * capture by tcpdump of what the kernel carries, and Wireshark's own dissector.
 */

const scenarioOf = (input: Partial<ScenarioInput> = {}) =>
  scenarioSchema.parse({
    name: 'captured',
    title: 'captured',
    path: '/sensors/temp',
    payload: { text: '{ "temp": 25 }' },
    ...input,
  })

/** Captures the datagrams of one port on loopback, until one without a payload crosses it. */
class Capture {
  readonly #tcpdump: ChildProcess
  readonly lengths: Record<Direction, number[]> = { up: [], down: [] }
  readonly #ended: Promise<void>
  readonly #port: number

  private constructor(port: number) {
    this.#port = port
    this.#tcpdump = spawn(
      'tcpdump',
      [...'-i lo -nn -l -q --immediate-mode -B 8192 udp port'.split(' '), String(port)],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#ended = this.#read()
  }

  static async start(port: number): Promise<Capture> {
    const capture = new Capture(port)
    const stderr = createInterface({ input: capture.#tcpdump.stderr as NodeJS.ReadableStream })
    for await (const line of stderr) if (line.startsWith('listening on')) return capture
    throw new Error('tcpdump ended before it listened')
  }

  async #read(): Promise<void> {
    const stdout = this.#tcpdump.stdout as NodeJS.ReadableStream
    for await (const line of createInterface({ input: stdout })) {
      // "… IP 127.0.0.1.41234 > 127.0.0.1.5683: UDP, length 42"
      const [, to, length] = /> [\d.]+\.(\d+): UDP, length (\d+)/.exec(line) ?? []
      if (to === undefined) continue
      if (length === '0') return
      this.lengths[Number(to) === this.#port ? 'up' : 'down'].push(Number(length))
    }
  }

  async stop(): Promise<void> {
    await using marker = await Datagrams.dial(this.#port)
    marker.send('')
    await this.#ended
    this.#tcpdump.kill('SIGINT')
    await once(this.#tcpdump, 'exit')
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

describe.skipIf(!hasTool('tcpdump'))('a packet capture agrees with the ledger', () => {
  const batch: Partial<ScenarioInput> = {
    messages: 2,
    payload: { records: { count: 300, as: 'array', record: { temp: { integer: [10, 99] } } } },
  }
  const cases = (['coap-con', 'coap-non'] as const).flatMap((id) => [
    { id, what: '25 readings', scenario: scenarioOf({ messages: 25 }) },
    { id, what: '2 batches in blocks', scenario: scenarioOf(batch) },
  ])
  const overDtls = {
    id: 'coaps-close',
    what: '25 readings',
    scenario: scenarioOf({ messages: 25 }),
  }

  it.each(hasTool('coap-server-gnutls') ? [...cases, overDtls] : cases)(
    'on $id, in each direction: $what',
    async ({ id, scenario }) => {
      const host = new EndpointHost()
      onTestFinished(() => host.stop())
      const { address } = await host.serve({
        transport: id,
        scenario,
        options: {},
        host: '127.0.0.1',
        injection: NO_INJECTION,
      })
      const capture = await Capture.start(Number(new URL(address).port))
      const outcome = await runBytePass(
        plainPass({ transport: id, scenario, address, certificate: null }),
      )
      await capture.stop()
      expect(outcome.failure).toBeNull()
      const ledger = outcome.bytes?.ledger ?? []
      const { lengths } = capture
      for (const direction of ['up', 'down'] as const) {
        expect(sum(lengths[direction])).toBe(sumLedger(ledger, { direction }))
        // 28 bytes of headers for each datagram that was there.
        expect(28 * lengths[direction].length).toBe(
          sumLedger(ledger, { direction, layer: 'network' }),
        )
      }
      expect(lengths.up.length).toBeGreaterThan(5)
      expect(Math.max(...lengths.up)).toBeLessThanOrEqual(1472)
    },
  )
})

/** What both readers say of a datagram. */
interface Reading {
  type: string
  code: string
  messageId: string
  token: string
  options: string[]
}

const FIELDS = {
  type: 'coap.type',
  code: 'coap.code',
  messageId: 'coap.mid',
  token: 'coap.token',
  options: 'coap.opt.name',
  payload: 'coap.payload_length',
  malformed: '_ws.malformed',
} as const

function readWithTshark(conversation: Conversation): Record<keyof typeof FIELDS, string>[] {
  using folder = temporaryFolder()
  const [dump, capture] = [join(folder.path, 'dump.txt'), join(folder.path, 'dump.pcap')]
  const lines = conversation.flatMap(([direction, bytes]) => [
    direction === 'up' ? 'I' : 'O',
    `000000 ${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
  ])
  writeFileSync(dump, lines.join('\n'))
  execFileSync('text2pcap', ['-q', '-D', '-F', 'pcap', '-u', '40000,5683', dump, capture], {
    stdio: 'ignore',
  })
  const printed = execFileSync(
    'tshark',
    [
      ...['-r', capture, '-d', 'udp.port==5683,coap', '-T', 'fields'],
      ...['-E', 'separator=|', '-E', 'aggregator=;'],
      ...Object.values(FIELDS).flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const names = Object.keys(FIELDS)
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => {
      const columns = line.split('|')
      return Object.fromEntries(names.map((name, index) => [name, columns[index] ?? ''])) as Record<
        keyof typeof FIELDS,
        string
      >
    })
}

const TYPES = ['CON', 'NON', 'ACK', 'RST']

function readingOf({ parts }: Frame): Reading {
  const textOf = (label: string): string => parts.find((part) => part.label === label)?.text ?? ''
  const [, codeClass, detail] = /^(\d)\.(\d\d)/.exec(textOf('Code')) ?? []
  return {
    type: textOf('version type and token length').slice(0, 3),
    code: String(Number(codeClass) * 32 + Number(detail)),
    messageId: textOf('Message ID'),
    token: textOf('Token'),
    options: parts
      .filter(({ label }) => label.endsWith(' delta and length'))
      .map(({ label }) => label.replace(' delta and length', '')),
  }
}

const payloadBytesOf = ({ parts }: Frame): number =>
  sum(parts.filter(({ label }) => label === 'payload').map(({ lengthBytes }) => lengthBytes))

const isBlock = ({ options }: Reading): boolean => options.some((name) => name.startsWith('Block'))

/** Everything that a session of a transport says on the device's link. */
async function record(id: string): Promise<Conversation> {
  const said: [Direction, Uint8Array][] = []
  const scenario = scenarioOf(id === 'coap-observe' ? { flow: 'roundtrip' } : {})
  const transport = await loadTransport(id)
  const { signal } = new AbortController()
  const onArrival = () => undefined
  const endpoint = await transport.serve({}, { scenario, host: '127.0.0.1', onArrival, signal })
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  const relay = await openUdpRelay({
    target: { host: '127.0.0.1', port: Number(endpoint.address.port) },
    openTap: () => ({
      bytes: (direction, datagram) => said.push([direction, Buffer.from(datagram)]),
      end: () => {},
    }),
    signal,
  })
  onTestFinished(() => relay[Symbol.asyncDispose]())
  const address = new URL(endpoint.address)
  address.port = String(relay.address.port)
  const peer = await transport.connect(address, {}, { scenario, signal })
  const producer = await peer.openProducer()
  if (producer.kind !== 'paced') throw new Error(`${id} paces itself`)
  const commands = inbox()
  await peer.openConsumer?.(commands.take)
  const app = await transport.connectApp?.(endpoint.address, {}, { scenario, signal })
  for (const [index, size] of [0, 14, 1024, 1025, 5000].entries()) {
    const payload = binary(size, index)
    await producer.send(payload)
    if (app === undefined) continue
    await app.command(payload)
    await commands.reach(index + 1)
  }
  await peer.keepAlive?.()
  await peer[Symbol.asyncDispose]()
  await app?.[Symbol.asyncDispose]()
  await relay.drained()
  return said
}

describe.skipIf(!hasTool('tshark') || !hasTool('text2pcap'))('Wireshark reads the same', () => {
  it.each(['by hand', 'coap-con', 'coap-non', 'coap-observe'])('%s', async (source) => {
    // The last message by hand has an option longer than Wireshark lets it be.
    const conversation =
      source === 'by hand' ? COAP_CONVERSATION.slice(0, -1) : await record(source)
    const { frames, gaps } = dissect(dissectCoap, conversation)
    expect(gaps).toEqual([])
    const theirs = readWithTshark(conversation)
    expect(theirs).toHaveLength(frames.length)
    const ours = frames.map(readingOf)
    expect(theirs.map(({ malformed }) => malformed).join('')).toBe('')
    expect(
      theirs.map(
        ({ type, code, messageId, token, options }): Reading => ({
          type: TYPES[Number(type)] ?? type,
          code,
          messageId,
          token,
          options:
            options === '' ? [] : options.split(';').map((name) => name.replace(/^#\d+: /, '')),
        }),
      ),
    ).toEqual(ours)
    // Of a body in blocks it gives the length of the whole, with the last of them.
    const whole = theirs.filter((_, index) => !isBlock(ours[index] as Reading))
    const wholeOurs = frames.filter((_, index) => !isBlock(ours[index] as Reading))
    expect(whole.map(({ payload }) => Number(payload))).toEqual(wholeOurs.map(payloadBytesOf))
    const inBlocks = theirs.filter((_, index) => isBlock(ours[index] as Reading))
    const blocks = frames.filter((_, index) => isBlock(ours[index] as Reading))
    const bodies = sum(inBlocks.map(({ payload }) => Number(payload)))
    expect(bodies).toBe(sum(blocks.map(payloadBytesOf)))
  })
})
