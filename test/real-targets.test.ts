import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../src/model/report/report.ts'
import { saidText } from '../src/model/said/said.ts'
import { Authority, type CertificateFiles } from './support/certificates.ts'
import {
  BYTES_ONLY,
  hasTool,
  readCsv,
  readReport,
  runCommand,
  temporaryFolder,
} from './support/command.ts'
import {
  type RealBroker,
  type RealServer,
  startBroker,
  startWebServer,
} from './support/real-servers.ts'
import { closedPort } from './support/transports.ts'

/** Servers that share no code with the instrument, measured as a user would measure his own. */
const HAS_SERVERS =
  hasTool('mosquitto') && hasTool('mosquitto_passwd') && hasTool('nginx') && hasTool('openssl')

/** Each is looked for in everything that is written. */
const PASSWORD = 'corRect-horse/battery'
const TOKEN = 'tok3n-of-the-header'
const QUERY = 'k3y-in-the-query'

const folder = temporaryFolder()
let broker: RealBroker
let server: RealServer
let authority: Authority
let stranger: Authority
let device: CertificateFiles

beforeAll(async () => {
  if (!HAS_SERVERS) return
  authority = new Authority(folder.path, 'authority')
  stranger = new Authority(folder.path, 'stranger')
  device = authority.sign('device', 'DNS:device')
  const identity = authority.sign('server', 'DNS:localhost,IP:127.0.0.1')
  broker = await startBroker(identity, authority.certificate, {
    device: PASSWORD,
    blind: PASSWORD,
  })
  server = await startWebServer(identity, { user: 'device', password: PASSWORD }, [
    authority.sign('elsewhere', 'DNS:elsewhere.example'),
    authority.sign('expired', 'DNS:localhost', -1),
  ])
})

afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const CREDENTIALS = `device:${encodeURIComponent(PASSWORD)}`
const BYTES = [...BYTES_ONLY, '--messages', '5']
const LOAD = ['--rate', '200', '--messages', '50', '--connections', '3', '--quick']
const LATENCY = ['--measure', 'latency', '--rounds', '2', '--per-round', '5']

/** As many messages as `LOAD` asks for, from each client; of a server that is not ours nobody tells how busy it is. */
function expectLoaded(report: Report, clients: readonly string[], arrivals: object | null): void {
  const runs = report.cells.flatMap((cell) =>
    cell.status === 'measured' ? (cell.load?.runs ?? []) : [],
  )
  expect(runs.map(({ client }) => client)).toEqual(clients)
  for (const { stretches } of runs) {
    const [stretch] = stretches
    expect(stretch).toMatchObject({ sent: 50, completed: 50, server: { processes: [] } })
    if (arrivals === null) expect(stretch?.arrivals).toBeNull()
    else expect(stretch?.arrivals).toMatchObject(arrivals)
  }
}

async function measure(...args: string[]) {
  const out = temporaryFolder()
  const result = await runCommand(['run', 'json', ...args, '--full', '--out', out.path])
  const rows = readCsv(out.path, 'results.csv')
  const files = readdirSync(out.path).map((name) => readFileSync(join(out.path, name)))
  const report = readReport(out.path)
  out[Symbol.dispose]()
  return { ...result, rows, report, written: [...files, result.stdout, result.stderr].join('\n') }
}

describe.skipIf(!HAS_SERVERS)('a broker that is already there', () => {
  it('costs to the byte what the embedded one does, and tells what arrived', async () => {
    const run = await measure(
      ...['--mqtt-url', `mqtt://${CREDENTIALS}@127.0.0.1:${broker.mqtt}`, ...BYTES],
      ...['-t', 'mqtt-qos0,mqtt-qos1,mqtt-qos2,mqtt-qos1-bare,mqtt5-qos1,mqtt5-alias-qos0'],
    )
    expect(run.code, run.stderr).toBe(0)
    const bytes = run.rows.map((row) => [row.transport, row.wire_bytes_per_message])
    // (4 × 22 + 34) ÷ 5: the first message of an alias has the topic’s name too.
    expect(bytes).toEqual([
      ['mqtt-qos0', '30'],
      ['mqtt-qos1', '36'],
      ['mqtt-qos2', '44'],
      ['mqtt-qos1-bare', '36'],
      ['mqtt5-qos1', '37'],
      ['mqtt5-alias-qos0', '24.4'],
    ])
    // CONNECT has a user name of 6 bytes and a password of 21, each with its length, more than without.
    const setup = 29 + 2 + 6 + 2 + PASSWORD.length
    expect(run.rows.map((row) => row.setup_bytes).slice(0, 4)).toEqual(Array(4).fill(`${setup}`))
    for (const row of run.rows) {
      expect(row).toMatchObject({ delivered: '5', lost: '0', duplicated: '0', corrupted: '0' })
      expect(row.target).toBe(`mqtt://127.0.0.1:${broker.mqtt}`)
    }
    expect(run.written).not.toContain(PASSWORD)
  })

  it('is timed over two legs, QoS 0 too, with all transports connected at once', async () => {
    const run = await measure(
      ...['--mqtt-url', `mqtt://${CREDENTIALS}@127.0.0.1:${broker.mqtt}`, ...LATENCY],
      ...['-t', 'mqtt-qos0,mqtt-qos1,mqtt-close'],
    )
    expect(run.code, run.stderr).toBe(0)
    for (const row of run.rows) expect(row).toMatchObject({ delivery_samples: '10', lost: '0' })
    expect(run.report.cells.map(({ legs }) => legs)).toEqual([2, 2, 2])
    expect(run.rows.map((row) => row.latency_samples)).toEqual(['', '10', '10'])
  })

  it('is put under load over TLS by whoever there is, and counts what arrived', async () => {
    const run = await measure(
      ...['--mqtt-url', `mqtts://${CREDENTIALS}@localhost:${broker.mqtts}`],
      ...['--ca', authority.certificate, '-t', 'mqtts-qos0,mqtts-qos1', ...LOAD],
    )
    expect(run.code, run.stderr).toBe(0)
    expectLoaded(run.report, ['mqtt.js', 'bare', 'mqtt.js', 'bare'], { delivered: 50, lost: 0 })
    expect(run.written).not.toContain(PASSWORD)
  })

  it.each([
    ['mqtts', 'mqtts-qos0,mqtts-qos1,mqtts-close,mqtts-resumed', 'mqtts-qos1', '80'],
    ['mqtts', 'mqtts5-qos0,mqtts5-qos1,mqtts5-close,mqtts5-resumed', 'mqtts5-qos1', '81'],
    ['ws', 'mqtt-ws-qos1', 'mqtt-ws-qos1', '44'],
    ['ws', 'mqtt5-ws-qos1', 'mqtt5-ws-qos1', '45'],
    ['wss', 'mqtt-wss-qos1', 'mqtt-wss-qos1', '88'],
    ['wss', 'mqtt5-wss-qos1', 'mqtt5-wss-qos1', '89'],
  ] as const)('is reached over %s by %s', async (scheme, transports, id, bytes) => {
    const tls = scheme === 'ws' ? [] : ['--ca', authority.certificate]
    const run = await measure(
      ...['--mqtt-url', `${scheme}://${CREDENTIALS}@localhost:${broker[scheme]}`, ...BYTES],
      ...['-t', transports, ...tls],
    )
    expect(run.code, run.stderr).toBe(0)
    for (const row of run.rows) expect(row).toMatchObject({ status: 'measured', delivered: '5' })
    const row = run.rows.find(({ transport }) => transport === id)
    expect(row?.wire_bytes_per_message).toBe(bytes)
  })

  it('lets in whoever has a certificate, and nobody else', async () => {
    const url = `mqtts://${CREDENTIALS}@localhost:${broker.mutual}`
    const args = ['--mqtt-url', url, '--ca', authority.certificate, '-t', 'mqtts-qos1', ...BYTES]
    const mutual = ['--cert', device.certificate, '--key', device.key]
    const [without, run] = await Promise.all([measure(...args), measure(...args, ...mutual)])
    expect(run.code, run.stderr).toBe(0)
    expect(without.code).toBe(3)
    expect(without.rows[0]?.reason).toMatch(
      // The alert, or where the reset was read in its place, what it may have been.
      /asks for a certificate of the client[;,] give one with --cert FILE and --key FILE/,
    )
  })

  it('carries commands and fan-outs too: both ends are ours', async () => {
    const out = temporaryFolder()
    const run = await runCommand([
      ...[
        'run',
        'command-delivery',
        'fan-out',
        '-t',
        'mqtt-qos1,http-long-poll',
        '--out',
        out.path,
      ],
      ...['--mqtt-url', `mqtt://${CREDENTIALS}@127.0.0.1:${broker.mqtt}`, ...BYTES],
      ...['--http-url', `http://127.0.0.1:${server.http}`],
    ])
    const rows = readCsv(out.path, 'results.csv')
    out[Symbol.dispose]()
    // Named, and an HTTP server that is there holds nothing for a device.
    expect(run.code, run.stderr).toBe(3)
    const of = (scenario: string, transport: string) =>
      rows.find((row) => row.scenario === scenario && row.transport === transport)
    expect(of('command-delivery', 'mqtt-qos1')).toMatchObject({
      status: 'measured',
      delivered: '5',
    })
    expect(of('fan-out-10', 'mqtt-qos1')).toMatchObject({ status: 'measured', delivered: '50' })
    expect(of('command-delivery', 'http-long-poll')).toMatchObject({ status: 'skipped' })
  })
})

describe.skipIf(!HAS_SERVERS)('a web server that is already there', () => {
  it('is put under load, with credentials, at the path of its URL', async () => {
    const run = await measure(
      ...['--http-url', `https://${CREDENTIALS}@localhost:${server.https}/guarded`],
      ...['--ca', authority.certificate, '-t', 'https1', ...LOAD, '--in-flight', '1'],
    )
    expect(run.code, run.stderr).toBe(0)
    expectLoaded(run.report, ['fetch', 'bare'], null)
    expect(run.written).not.toContain(PASSWORD)
  })

  it('answers every client, and is asked for by its own name', async () => {
    const run = await measure(
      ...['--http-url', `http://localhost:${server.http}/readings`, ...BYTES],
      ...['-t', 'http1,http1-close,http1-bare,http1-replay', '--full'],
    )
    expect(run.code, run.stderr).toBe(0)
    for (const row of run.rows) {
      expect(row).toMatchObject({ status: 'measured', completed: '5', delivered: '', lost: '' })
    }
    const heads = run.report.cells.flatMap((cell) =>
      cell.status === 'skipped' ? [] : (cell.bytes?.exchange ?? []),
    )
    const hosts = heads.flatMap(({ parts }) => parts.filter(({ label }) => /^host$/i.test(label)))
    expect(new Set(hosts.map(({ text }) => text))).toEqual(new Set([`localhost:${server.http}`]))
    expect(run.stdout).toContain('your server does not report arrivals')
  })

  it('is reached over TLS, in HTTP/1.1 and HTTP/2, with a password', async () => {
    const run = await measure(
      ...['--http-url', `https://${CREDENTIALS}@localhost:${server.https}/guarded`],
      ...['--ca', authority.certificate, '-t', 'https1,https1-resumed,http2', ...BYTES],
    )
    expect(run.code, run.stderr).toBe(0)
    for (const row of run.rows) expect(row).toMatchObject({ status: 'measured', completed: '5' })
    expect(run.report.plan.targets?.[0]).toMatchObject({ verification: 'verified' })
  })

  it('is timed by its answers', async () => {
    const run = await measure(
      ...['--http-url', `http://127.0.0.1:${server.http}/readings`, ...LATENCY],
      ...['-t', 'http1,http1-bare'],
    )
    expect(run.code, run.stderr).toBe(0)
    for (const row of run.rows) {
      expect(row).toMatchObject({ latency_samples: '10', delivery_samples: '' })
    }
  })

  it('is asked once: a redirect is an answer, under load too, and how many is said', async () => {
    const url = `http://127.0.0.1:${server.http}/moved`
    const run = await measure(
      ...['--http-url', url, '-t', 'http1', '--measure', 'bytes,throughput', '--messages', '5'],
      ...['--connections', '1', '--quick'],
    )
    expect(run.rows[0]).toMatchObject({ status: 'measured', connections: '1' })
    const [cell] = run.report.cells
    // Of the byte pass, and of each client under load.
    expect(cell?.status === 'measured' && cell.warnings.map(saidText)).toContainEqual(
      expect.stringMatching(/^15 of 15 answers were a redirect \(30\d, /),
    )
  })
})

describe.skipIf(!HAS_SERVERS)('what fits the URL', () => {
  it('is chosen where nothing is named, and said', async () => {
    const run = await measure(
      ...['--http-url', `https://localhost:${server.https}/readings`, ...BYTES],
      ...[
        '--mqtt-url',
        `wss://${CREDENTIALS}@localhost:${broker.wss}`,
        '--ca',
        authority.certificate,
      ],
    )
    expect(run.code, run.stderr).toBe(0)
    expect(run.rows.map(({ transport }) => transport)).toEqual(['https1', 'mqtt-wss-qos1'])
    expect(run.stderr).toContain('https1 in place of http1: the URL is https://')
    expect(run.stderr).toContain('left out, since the URL asks for others: mqtt-qos0')
  })

  it('is skipped with the reason where it was named and does not fit', async () => {
    const run = await measure(
      ...['--http-url', `https://localhost:${server.https}/readings`, ...BYTES],
      ...['--ca', authority.certificate, '-t', 'http1,https1,mqtt-qos1'],
    )
    expect(run.code, run.stderr).toBe(3)
    expect(run.stderr).toContain('json on http1 was asked for and not measured: http1 connects to')
    expect(run.rows[0]).toMatchObject({ transport: 'http1', status: 'skipped' })
    expect(run.rows[0]?.reason).toContain('name https1 instead')
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('a mixed comparison: HTTP was measured at')
  })
})

/** The reasons of the cells, by transport, of a run of which every cell fails. */
async function reasonsOf(...args: string[]): Promise<Record<string, string>> {
  const run = await measure(...args, ...BYTES)
  expect(run.code, run.stderr).toBe(3)
  expect(run.written).not.toContain(PASSWORD)
  for (const row of run.rows) {
    expect(row).toMatchObject({ status: 'failed', reason: expect.stringMatching(/^.+$/) })
  }
  return Object.fromEntries(run.rows.map((row) => [row.transport, row.reason ?? '']))
}

describe.skipIf(!HAS_SERVERS)('a server that says no', () => {
  it('to a wrong password', async () => {
    const reasons = await reasonsOf(
      ...['--mqtt-url', `mqtt://device:not-the-one@127.0.0.1:${broker.mqtt}`],
      ...['--http-url', `http://device:not-the-one@127.0.0.1:${server.http}/guarded`],
      ...['-t', 'http1,mqtt-qos1,mqtt-qos1-bare,mqtt5-qos1'],
    )
    const refused =
      /refused the connection: not authorized \(CONNACK 5, MQTT 3.1.1 .*check user name/
    expect(reasons['mqtt-qos1']).toMatch(refused)
    expect(reasons['mqtt-qos1-bare']).toMatch(refused)
    expect(reasons['mqtt5-qos1']).toMatch(/refused the connection: not authorized \(CONNACK 0x87, /)
    expect(reasons.http1).toMatch(/^POST \/guarded at \S+ was answered 401; give credentials/)
  })

  it.each([
    ['another authority', /UNABLE_TO_VERIFY|SELF_SIGNED.*give the right one with --ca/],
    ['no authority', /give the certificate of its authority with --ca FILE/],
  ])('by a certificate that does not verify: %s', async (what, reason) => {
    const reasons = await reasonsOf(
      ...['--mqtt-url', `mqtts://${CREDENTIALS}@localhost:${broker.mqtts}`],
      ...['--http-url', `https://localhost:${server.https}/readings`, '-t', 'https1,mqtts-qos1'],
      ...(what === 'no authority' ? [] : ['--ca', stranger.certificate]),
    )
    expect(reasons.https1).toMatch(reason)
    expect(reasons['mqtts-qos1']).toMatch(reason)
  })

  it.each([
    ['another name', 0, /ALTNAME_INVALID.*connect by a name that stands in it/],
    ['expired', 1, /CERT_HAS_EXPIRED.*renew it/],
  ])('by a certificate that does not verify: %s', async (_what, index, reason) => {
    const url = `https://localhost:${server.doubtful[index]}/`
    const reasons = await reasonsOf(
      '--http-url',
      url,
      '--ca',
      authority.certificate,
      '-t',
      'https1',
    )
    expect(reasons.https1).toMatch(reason)
  })

  it('and is believed all the same where that is asked for, which is said', async () => {
    const url = `https://localhost:${server.doubtful[0]}/`
    const run = await measure('--http-url', url, '--insecure', '-t', 'https1', ...BYTES)
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain('was not verified (--insecure)')
    expect(run.report.warnings.map(saidText).join()).toContain('was not verified (--insecure)')
    expect(run.report.plan.targets?.[0]?.verification).toBe('insecure')
  })

  it('by an access rule: nobody may read the topic', async () => {
    const url = `mqtt://blind:${encodeURIComponent(PASSWORD)}@127.0.0.1:${broker.mqtt}`
    const reasons = await reasonsOf('--mqtt-url', url, '-t', 'mqtt-qos1')
    expect(reasons['mqtt-qos1']).toMatch(/took 5 messages and passed none of them on .*untold$/)
    const untold = await measure(
      ...['--mqtt-url', url, '-t', 'mqtt-qos0,mqtt-qos1', '--arrivals', 'untold'],
      ...['--measure', 'bytes,latency', '--messages', '5', '--rounds', '1', '--per-round', '5'],
      '--full',
    )
    expect(untold.code, untold.stderr).toBe(0)
    expect(untold.rows[1]).toMatchObject({ completed: '10', delivered: '', latency_samples: '5' })
    expect(untold.rows[0]).toMatchObject({ completed: '5', delivered: '', latency_samples: '' })
    expect(untold.stdout).toContain('it has no latency')
  })

  it('with a status, to every client', async () => {
    const url = `http://127.0.0.1:${server.http}/broken`
    const reasons = await reasonsOf('--http-url', url, '-t', 'http1,http1-bare,http1-replay')
    for (const reason of Object.values(reasons)) {
      expect(reason).toMatch(/^POST \/broken at \S+ was answered 500; only an answer below 400/)
    }
    expect(Object.keys(reasons)).toHaveLength(3)
  })
})

describe('a server that is not there, or does not behave', () => {
  const TRANSPORTS = ['-t', 'http1,http1-bare,mqtt-qos1']

  it('refuses the connection', async () => {
    const port = await closedPort()
    const reasons = await reasonsOf(
      ...['--mqtt-url', `mqtt://127.0.0.1:${port}`, '--http-url', `http://127.0.0.1:${port}`],
      ...TRANSPORTS,
    )
    for (const reason of Object.values(reasons)) {
      expect(reason).toMatch(/^cannot connect to 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
    }
  })

  it('has a host that nobody knows', async () => {
    const reasons = await reasonsOf(
      ...['--mqtt-url', 'mqtt://nobody.invalid', '--http-url', 'http://nobody.invalid'],
      ...TRANSPORTS,
    )
    for (const reason of Object.values(reasons)) {
      expect(reason).toMatch(/^cannot connect to nobody\.invalid:\d+: .*(ENOTFOUND|EAI_AGAIN)/)
    }
  })

  it('closes after CONNECT', async () => {
    await using server = await listening((socket) => {
      socket.once('data', () => socket.end())
    })
    const url = `mqtt://127.0.0.1:${server.port}`
    expect((await reasonsOf('--mqtt-url', url, '-t', 'mqtt-qos1'))['mqtt-qos1']).toMatch(
      /^the connection to 127\.0\.0\.1:\d+ ended: the other side closed it; it said nothing before: check the port; .*mqtts:\/\/$/,
    )
  })

  it('never answers', async () => {
    await using server = await listening((socket) => socket.on('error', () => {}).resume())
    const reasons = await reasonsOf(
      ...['--mqtt-url', `mqtt://127.0.0.1:${server.port}`, ...TRANSPORTS, '--timeout', '300ms'],
      ...['--http-url', `http://127.0.0.1:${server.port}`],
    )
    for (const reason of Object.values(reasons)) {
      expect(reason).toMatch(/has not answered within 0\.3 s; give it longer with --timeout/)
    }
  })

  /** A server of nothing but sockets. */
  async function listening(
    handle: (socket: Socket) => void,
  ): Promise<AsyncDisposable & { port: number }> {
    const sockets = new Set<Socket>()
    const own = createServer((socket) => {
      sockets.add(socket)
      handle(socket)
    }).listen(0, '127.0.0.1')
    await once(own, 'listening')
    return {
      port: (own.address() as { port: number }).port,
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy()
        own.close()
        await once(own, 'close')
      },
    }
  }
})

describe.skipIf(!HAS_SERVERS)('secrets', () => {
  it('stand in nothing that is written: reports, captures’ comments, what inspect prints', async () => {
    const pcap = join(folder.path, 'secrets.pcapng')
    const http = `https://${CREDENTIALS}@localhost:${server.https}/guarded?key=${QUERY}`
    const mqtt = `mqtts://${CREDENTIALS}@localhost:${broker.mqtts}`
    const targets = ['--http-url', http, '--mqtt-url', mqtt, '--ca', authority.certificate]
    const headers = ['--header', `X-Device: ${TOKEN}`, '--header', 'X-Other: env:OTHER_TOKEN']
    const env = { OTHER_TOKEN: `${TOKEN}-2` }
    const out = temporaryFolder()
    const transports = ['-t', 'https1,http2,mqtts-qos1']
    const ran = await runCommand(
      [
        ...['run', 'json', ...targets, ...headers, ...transports, ...BYTES],
        ...['--out', out.path, '--pcap', pcap, '--format', 'json'],
      ],
      { env },
    )
    expect(ran.code, ran.stderr).toBe(0)
    const inspected = await runCommand(
      ['inspect', 'json', ...targets, ...headers, ...transports, '--format', 'json'],
      { env },
    )
    expect(inspected.code, inspected.stderr).toBe(0)
    const written = [
      ...readdirSync(out.path).map((name) => readFileSync(join(out.path, name))),
      readFileSync(pcap),
      ...[ran.stdout, ran.stderr, inspected.stdout, inspected.stderr],
    ].map(String)
    out[Symbol.dispose]()
    const basic = Buffer.from(`device:${PASSWORD}`).toString('base64')
    const forms = [PASSWORD, encodeURIComponent(PASSWORD), TOKEN, QUERY, basic].flatMap((text) => [
      text,
      Buffer.from(text).toString('hex'),
      [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    ])
    for (const text of written) for (const form of forms) expect(text).not.toContain(form)
    // The keys of the connections would open what is in it.
    expect(readFileSync(pcap).toString('latin1')).not.toContain('CLIENT_TRAFFIC_SECRET')
    expect(inspected.stdout).toContain('withheld')
  })

  it('come from the environment too, and are written over in a capture in the clear', async () => {
    const out = temporaryFolder()
    const pcap = join(folder.path, 'clear.pcapng')
    const run = await runCommand(
      [
        ...['run', 'json', '--mqtt-url', `mqtt://127.0.0.1:${broker.mqtt}`],
        ...['--http-url', `http://127.0.0.1:${server.http}/guarded`, ...BYTES, '--out', out.path],
        ...['-t', 'http1,mqtt-qos1', '--pcap', pcap],
      ],
      {
        env: {
          MQTT_VS_HTTP_MQTT_USERNAME: 'device',
          MQTT_VS_HTTP_MQTT_PASSWORD: PASSWORD,
          MQTT_VS_HTTP_HTTP_USERNAME: 'device',
          MQTT_VS_HTTP_HTTP_PASSWORD: PASSWORD,
        },
      },
    )
    out[Symbol.dispose]()
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain('crossed the wire in the clear')
    const captured = readFileSync(pcap).toString('latin1')
    const basic = Buffer.from(`device:${PASSWORD}`).toString('base64')
    for (const secret of [PASSWORD, basic]) {
      expect(captured).not.toContain(secret)
      expect(captured).toContain('x'.repeat(secret.length))
    }
  })
})
