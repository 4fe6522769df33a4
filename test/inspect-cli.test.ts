import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packetsOf, pcapOf } from './support/captures.ts'
import { runCommand, temporaryFolder } from './support/command.ts'
import { down, up } from './support/dissection.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const at = (name: string): string => join(folder.path, name)

const CAPTURE = pcapOf(
  packetsOf('http/1.1', [
    up('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi'),
    down('HTTP/1.1 204 No Content\r\n\r\n'),
  ]).map(({ bytes }) => bytes),
  101,
)
writeFileSync(at('trace.pcap'), CAPTURE)
writeFileSync(at('trace-without-a-name'), CAPTURE)
writeFileSync(at('text.pcap'), 'no capture at all')

describe('inspect refuses in one line, before anything is started', () => {
  it.each<[string, string[], number, RegExp]>([
    ['a scenario that is not there', ['nothing'], 2, /nothing/],
    ['more than one scenario', ['all'], 2, /^error: inspect: name one scenario/],
    [
      'no messages',
      ['json', '--messages', '0'],
      2,
      /--messages: 0 is not a whole number from 1 to 100/,
    ],
    ['a key log for a scenario', ['json', '--keylog', 'x'], 2, /--keylog: is for a capture file/],
    [
      'transports for a capture',
      [at('trace.pcap'), '-t', 'http1'],
      2,
      /--transports: is for a scenario/,
    ],
    [
      'a packet file for a capture',
      [at('trace.pcap'), '--pcap', 'x'],
      2,
      /--pcap: is for a scenario/,
    ],
    [
      'a server for a capture',
      [at('trace.pcap'), '--http-url', 'http://localhost'],
      2,
      /--http-url: is for a scenario/,
    ],
    ['a capture that is none', [at('text.pcap')], 2, /text\.pcap: is neither pcap nor pcapng/],
    [
      'a capture that is not there',
      [at('missing.pcapng')],
      2,
      /missing\.pcapng: cannot be read: there is no such file/,
    ],
    [
      'a key log that is not there',
      [at('trace.pcap'), '--keylog', at('no.log')],
      2,
      /--keylog: .*no\.log: cannot be read/,
    ],
    [
      'a place that cannot be written',
      ['json', '--pcap', at('no/where.pcapng')],
      3,
      /--pcap: .*cannot be written .*; name a file that can/,
    ],
    [
      'an unknown option',
      ['json', '--message', '1'],
      2,
      /--message: unknown option; did you mean --messages\?/,
    ],
  ])('%s', async (_what, args, status, message) => {
    const { code, stdout, stderr } = await runCommand(['inspect', ...args], { cwd: folder.path })
    expect([code, stdout]).toEqual([status, ''])
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

it('run refuses packets of a pass that it is not asked for', async () => {
  const { code, stderr } = await runCommand(
    ['run', 'json', '--measure', 'latency', '--pcap', at('x.pcapng')],
    { cwd: folder.path },
  )
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: --pcap: holds the byte pass/)])
  expect(existsSync(at('x.pcapng.tmp'))).toBe(false)
})

it('run writes the packets of its byte passes', async () => {
  const args = ['run', 'json', '-t', 'mqtt-qos0', '--measure', 'bytes', '--out', at('out')]
  const { code } = await runCommand([...args, '--pcap', at('run.pcapng')], { cwd: folder.path })
  expect(code).toBe(0)
  expect(existsSync(at('run.pcapng.tmp'))).toBe(false)
  const shown = await runCommand(['inspect', at('run.pcapng'), '--format', 'json'])
  expect(JSON.parse(shown.stdout).connections).toMatchObject([
    { protocol: 'mqtt/3.1.1', messages: { up: 100, down: 0 }, unread: [] },
  ])
})

it('a capture is known by how it begins, whatever its name', async () => {
  const { code, stdout } = await runCommand(['inspect', at('trace-without-a-name')])
  expect(code).toBe(0)
  expect(stdout).toContain('1 connection')
})

it.each([
  ['fan-out', 'publisher and subscriber, each on its own connection', 2, ['up', 'down']],
  ['command-delivery', 'the command down and the state up, on one', 1, ['down', 'up']],
])('%s shows %s', async (scenario, _what, connections, published) => {
  const args = ['inspect', scenario, '-t', 'mqtt-qos1', '--format', 'json']
  const { code, stdout } = await runCommand(args)
  expect(code).toBe(0)
  const [{ exchange }] = JSON.parse(stdout).transports
  expect(exchange).toMatchObject({ connections, gaps: [] })
  const frames: { label: string; direction: string }[] = exchange.frames
  const publishes = frames.filter(({ label }) => label === 'PUBLISH')
  expect(publishes.map(({ direction }) => direction)).toEqual(published)
})

it('what has no wire is said, and is no failure', async () => {
  const { code, stdout } = await runCommand(['inspect', 'json', '-t', 'memory'])
  expect(code).toBe(0)
  expect(stdout).toContain('stays in the process: there are no wire bytes')
})

it('what was asked for and is not on this machine is a failure', async () => {
  const env = { MQTT_VS_HTTP_MOSQUITTO: '/nowhere' }
  const { code, stderr } = await runCommand(['inspect', 'json', '-t', 'mqtt5-qos1'], { env })
  expect(code).toBe(3)
  expect(stderr).toMatch(/asked for and not measured: .*install it with: apt-get install mosquitto/)
})
