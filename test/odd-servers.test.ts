import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Authority } from './support/certificates.ts'
import { BYTES_ONLY, hasTool, readReport, runCommand, temporaryFolder } from './support/command.ts'
import { LoopbackCapture } from './support/loopback-capture.ts'
import { countPayload } from './support/odd-server.ts'
import type { Identities, StartOddServer } from './support/odd-servers/kit.ts'
import { besideTcpdump, tellRow } from './support/odd-table.ts'
import { closedPort } from './support/transports.ts'

const HAS_TOOLS = ['nginx', 'mosquitto', 'openssl', 'tcpdump'].every(hasTool)

interface Row {
  readonly setUp: string
  /** A file of `support/odd-servers`; nobody listens if left out. */
  readonly server?: string
  readonly transport: string
  /** PORT stands for the server's, CA for the file of the authority. */
  readonly args: readonly string[]
  /** Of what the user sees, blanks and line breaks as one blank, and the port as PORT. */
  readonly line: RegExp
  /** 3 if left out. */
  readonly exit?: 0 | 2 | 3
  readonly scenario?: string
  readonly env?: NodeJS.ProcessEnv
  /** Of the report, blanks and line breaks as one blank. */
  readonly report?: RegExp
}

const http = (path = '/'): string[] => ['--http-url', `http://127.0.0.1:PORT${path}`]
const https = (...more: string[]): string[] => [
  ...['--http-url', 'https://localhost:PORT/', '--ca', 'CA', ...more],
]
const mqtt = (...more: string[]): string[] => [
  ...['--mqtt-url', 'mqtt://127.0.0.1:PORT', '--arrivals', 'untold', ...more],
]
const mqtts = ['--mqtt-url', 'mqtts://localhost:PORT', '--ca', 'CA', '--arrivals', 'untold']
/** Of what was measured without a word to say about it. */
const MEASURED = /^measured$/

const ROWS: readonly Row[] = [
  // HTTP that leads elsewhere, or says no.
  {
    setUp: 'redirect 301',
    server: 'redirect-301',
    transport: 'http1',
    args: http('/moved'),
    exit: 0,
    line: /5 of 5 answers were a redirect \(301, where a client makes a GET of a POST, without its content\): it was measured, and not followed; --follow-redirects/,
  },
  {
    setUp: 'redirect 301, to be followed',
    server: 'redirect-301',
    transport: 'http1',
    args: [...http('/moved'), '--follow-redirects'],
    line: /answered 301, where a client makes a GET of a POST .*\/taken; give that with --http-url/,
  },
  {
    setUp: 'redirect 307, to be followed',
    server: 'redirect-307',
    transport: 'http1-close',
    args: [...http('/moved'), '--follow-redirects'],
    exit: 0,
    line: /redirects were followed before anything was measured: 307 to \/taken/,
  },
  {
    setUp: 'redirect 308 to another server, to be followed',
    server: 'redirect-elsewhere',
    transport: 'http1',
    args: [...http('/moved'), '--follow-redirects'],
    line: /leads to another server, https:\/\/other\.example\/taken; give that/,
  },
  {
    setUp: '401',
    server: 'plain-http',
    transport: 'http1',
    args: http('/401'),
    line: /POST \/401 at \S+ was answered 401; give credentials/,
  },
  {
    setUp: '404',
    server: 'plain-http',
    transport: 'http1',
    args: http('/404'),
    line: /was answered 404; give the path that takes readings/,
  },
  {
    setUp: '500',
    server: 'plain-http',
    transport: 'http1',
    args: http('/500'),
    line: /was answered 500; only an answer below 400/,
  },
  // HTTP of other kinds.
  {
    setUp: 'HTTP/1.0',
    server: 'http-1-0',
    transport: 'http1-close',
    args: http(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'chunked answers',
    server: 'chunked',
    transport: 'http1',
    args: http(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'HTTP/1.0, to a client that would keep its connection',
    server: 'http-1-0',
    transport: 'http1',
    args: http(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'chunked answers, to heads that are replayed',
    server: 'chunked',
    transport: 'http1-replay',
    args: http(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: '100 Continue, not asked for',
    server: 'continue-100',
    transport: 'http1',
    args: http(),
    line: /an interim answer that fetch does not take/,
  },
  {
    setUp: '100 Continue, not asked for',
    server: 'continue-100',
    transport: 'http1-bare',
    args: http(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: '103 Early Hints',
    server: 'early-hints-103',
    transport: 'http1',
    args: http(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: '20 kB of answer headers',
    server: 'headers-20-kb',
    transport: 'http1',
    args: http(),
    line: /larger than the 16 KiB that fetch reads \(UND_ERR_HEADERS_OVERFLOW\); let the server send fewer/,
  },
  {
    setUp: 'an answer after 2 s',
    server: 'slow-2-s',
    transport: 'http1',
    args: [...http(), '--messages', '2'],
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'empty reply',
    server: 'empty-reply',
    transport: 'http1',
    args: http(),
    line: /closed it before it had answered; it said nothing before/,
  },
  {
    setUp: 'accepts, and stays silent',
    server: 'silent',
    transport: 'http1',
    args: [...http(), '--timeout', '500ms'],
    line: /has not answered within 0\.5 s; give it longer with --timeout/,
  },
  {
    setUp: 'nobody listens',
    transport: 'http1',
    args: http(),
    line: /cannot connect to 127\.0\.0\.1:PORT: nobody listens there \(ECONNREFUSED\)/,
  },
  {
    setUp: 'a proxy in the environment',
    server: 'plain-http',
    transport: 'http1',
    args: http(),
    env: { http_proxy: 'http://127.0.0.1:9' },
    exit: 0,
    line: /the proxy that http_proxy names is not used/,
  },
  {
    setUp: 'IPv6 only',
    server: 'ipv6-only',
    transport: 'http1',
    args: ['--http-url', 'http://[::1]:PORT/'],
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'IPv6 only, asked over IPv4',
    server: 'ipv6-only',
    transport: 'http1',
    args: http(),
    line: /nobody listens there/,
  },
  {
    setUp: 'GOAWAY with a code',
    server: 'goaway-calm',
    transport: 'h2c',
    args: http(),
    line: /ENHANCE_YOUR_CALM/,
  },
  // Another protocol at that port.
  {
    setUp: 'HTTP at a TLS port (nginx)',
    server: 'https',
    transport: 'http1',
    args: http(),
    line: /was answered 400; .*where that port speaks TLS, write https:\/\//,
  },
  {
    setUp: 'HTTP at a TLS port (Node)',
    server: 'alpn-http1',
    transport: 'http1',
    args: http(),
    line: /said nothing before: check the port; where that speaks TLS, write https:\/\//,
  },
  {
    setUp: 'HTTPS at a plain port',
    server: 'plain-http',
    transport: 'https1',
    args: https(),
    line: /speaks HTTP\/1\.1, not TLS \(it answered “HTTP\/1\.1 400 Bad Request”\); write http:\/\//,
  },
  {
    setUp: 'MQTT at a TLS port',
    server: 'broker-tls',
    transport: 'mqtt-qos1',
    args: mqtt(),
    line: /write mqtts:\/\//,
  },
  {
    setUp: 'MQTTS at a plain port',
    server: 'broker',
    transport: 'mqtts-qos1',
    args: mqtts,
    line: /said nothing before: check the port; where that speaks no TLS, write mqtt:\/\//,
  },
  {
    setUp: 'MQTT at an HTTP port',
    server: 'plain-http',
    transport: 'mqtt-qos1',
    args: mqtt(),
    line: /speaks HTTP\/1\.1, not MQTT .*; give the port that speaks MQTT/,
  },
  {
    setUp: 'MQTT at an HTTP port, latency alone',
    server: 'plain-http',
    transport: 'mqtt-qos1',
    args: mqtt('--measure', 'latency', '--rounds', '1', '--per-round', '5'),
    line: /speaks HTTP\/1\.1, not MQTT/,
  },
  {
    setUp: 'HTTP at an MQTT port',
    server: 'broker',
    transport: 'http1',
    args: http(),
    line: /said nothing before: check the port/,
  },
  {
    setUp: 'HTTP/2 in the clear at an HTTP/1.1 port',
    server: 'plain-http',
    transport: 'h2c',
    args: http(),
    line: /speaks HTTP\/1\.1, not HTTP\/2 .*such as http1/,
  },
  // TLS.
  {
    setUp: 'client certificate asked for, MQTT',
    server: 'client-certificate-mqtts',
    transport: 'mqtts-qos1',
    args: mqtts,
    line: /asks for a certificate of the client[;,] give one with --cert FILE and --key FILE/,
  },
  {
    setUp: 'client certificate asked for, HTTPS (nginx)',
    server: 'client-certificate-https',
    transport: 'https1',
    args: https(),
    line: /was answered 400; .*certificate of the client, give one with --cert FILE and --key FILE/,
  },
  {
    setUp: 'certificate expired',
    server: 'expired',
    transport: 'https1',
    args: https(),
    line: /CERT_HAS_EXPIRED\); renew it/,
  },
  {
    setUp: 'certificate of another name',
    server: 'other-name',
    transport: 'https1',
    args: https(),
    line: /ERR_TLS_CERT_ALTNAME_INVALID\); connect by a name that stands in it/,
  },
  {
    setUp: 'authority not known',
    server: 'https',
    transport: 'https1',
    args: ['--http-url', 'https://localhost:PORT/'],
    line: /does not verify: .*give the certificate of its authority with --ca FILE/,
  },
  {
    setUp: 'TLS 1.0 only',
    server: 'tls-1-0',
    transport: 'https1',
    args: https(),
    line: /does not speak TLS 1\.3 .*--tls device-1\.2/,
  },
  {
    setUp: 'TLS 1.2 only',
    server: 'tls-1-2',
    transport: 'https1',
    args: https(),
    line: /does not speak TLS 1\.3 .*--tls device-1\.2/,
  },
  {
    setUp: 'ALPN h2 only, HTTP/1.1',
    server: 'alpn-h2',
    transport: 'https1',
    args: https(),
    line: /alert no_application_protocol .*http2 offers h2/,
  },
  {
    setUp: 'ALPN http/1.1 only, HTTP/2',
    server: 'alpn-http1',
    transport: 'http2',
    args: https(),
    line: /alert no_application_protocol .*https1 offers http\/1\.1/,
  },
  {
    setUp: 'ALPN x-amzn-mqtt-ca only',
    server: 'alpn-amazon',
    transport: 'mqtts-qos1',
    args: [...mqtts, '--mqtt-alpn', 'x-amzn-mqtt-ca'],
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'ALPN x-amzn-mqtt-ca only, not asked for',
    server: 'alpn-amazon',
    transport: 'mqtts-qos1',
    args: mqtts,
    line: /behind the handshake of TLS it said nothing: .*, or for a protocol by ALPN, name it with --mqtt-alpn$/,
  },
  {
    setUp: 'MQTT 5 over TLS',
    server: 'broker-tls',
    transport: 'mqtts5-qos1',
    args: mqtts,
    exit: 0,
    line: MEASURED,
  },
  // What a broker allows.
  {
    setUp: 'Maximum QoS 1, QoS 2',
    server: 'maximum-qos-1',
    transport: 'mqtt5-qos2',
    args: mqtt(),
    line: /takes QoS 1 at most \(CONNACK, .*\); name a transport of QoS 1/,
  },
  {
    setUp: 'Maximum QoS 1, QoS 1',
    server: 'maximum-qos-1',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'Maximum QoS 0, QoS 1',
    server: 'maximum-qos-0',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    line: /takes QoS 0 at most/,
  },
  {
    setUp: 'Maximum Packet Size 128, 15 kB',
    server: 'maximum-packet-128',
    transport: 'mqtt5-qos1',
    scenario: 'batch-1000',
    args: mqtt(),
    line: /takes packets of 128 bytes at most .*, and a message is 15,\d{3}; send a smaller payload/,
  },
  {
    setUp: 'Maximum Packet Size 128, 14 bytes',
    server: 'maximum-packet-128',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'Receive Maximum 1',
    server: 'receive-maximum-1',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'Retain not available',
    server: 'retain-not-available',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'Server Keep Alive 30',
    server: 'server-keep-alive',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    exit: 0,
    line: MEASURED,
    report: /An hour of waiting on a kept connection, with a ping every 30 s: mqtt5-qos1 480 B/,
  },
  {
    setUp: 'Topic Alias Maximum 0',
    server: 'topic-alias-0',
    transport: 'mqtt5-alias-qos1',
    args: mqtt(),
    line: /allows no topic alias; set its maximum to 1 or more/,
  },
  {
    setUp: 'MQTT 3.1.1 only, MQTT 5',
    server: 'only-3-1-1',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    line: /unacceptable protocol version|unsupported protocol version/,
  },
  // What a broker refuses.
  {
    setUp: 'not authorised, MQTT 3.1.1',
    server: 'broker-no-anonymous',
    transport: 'mqtt-qos1',
    args: mqtt(),
    line: /not authorized \(CONNACK 5, MQTT 3\.1\.1 §3\.2\.2\.3\); check user name/,
  },
  {
    setUp: 'not authorised, MQTT 5',
    server: 'broker-no-anonymous',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    line: /not authorized \(CONNACK 0x87, MQTT 5\.0 §3\.2\.2\.2\); check user name/,
  },
  {
    setUp: 'another server, MQTT 5',
    server: 'other-server',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    line: /use another server, which is b\.example:1883 \(CONNACK 0x9c/,
  },
  {
    setUp: 'SUBACK 0x80, MQTT 3.1.1',
    server: 'suback-refuses',
    transport: 'mqtt-qos1',
    args: ['--mqtt-url', 'mqtt://127.0.0.1:PORT'],
    line: /it does not say why \(SUBACK 0x80, .*access rule/,
  },
  {
    setUp: 'SUBACK 0x87, MQTT 5',
    server: 'suback-refuses',
    transport: 'mqtt5-qos1',
    args: ['--mqtt-url', 'mqtt://127.0.0.1:PORT'],
    line: /not authorized \(SUBACK 0x87, .*access rules allow this user to read/,
  },
  {
    setUp: 'PUBACK 0x87',
    server: 'puback-refuses',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    line: /not authorized \(PUBACK 0x87, .*access rules allow this user to publish/,
  },
  {
    setUp: 'PUBACK 0x95, which no PUBACK has',
    server: 'puback-unknown',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    line: /0x95|149/,
  },
  {
    setUp: 'DISCONNECT 0x95',
    server: 'disconnect-too-large',
    transport: 'mqtt5-qos1',
    args: mqtt(),
    line: /packet too large \(DISCONNECT 0x95, .*send a smaller payload/,
  },
  // WebSocket.
  {
    setUp: 'WebSocket at /mqtt',
    server: 'broker-websocket',
    transport: 'mqtt-ws-qos1',
    args: ['--mqtt-url', 'ws://127.0.0.1:PORT/mqtt', '--arrivals', 'untold'],
    exit: 0,
    line: MEASURED,
  },
  {
    setUp: 'WebSocket, 404 at another path',
    server: 'not-found',
    transport: 'mqtt-ws-qos1',
    args: ['--mqtt-url', 'ws://127.0.0.1:PORT/', '--arrivals', 'untold'],
    line: /was answered 404, where 101 opens a WebSocket; give the path of its listener/,
  },
  {
    setUp: 'WebSocket over TLS, 403',
    server: 'forbidden-https',
    transport: 'mqtt-wss-qos1',
    args: [...['--mqtt-url', 'wss://localhost:PORT/mqtt', '--ca', 'CA', '--arrivals', 'untold']],
    line: /was answered 403, where 101 opens a WebSocket; give the path of its listener/,
  },
  // What this machine has not.
  {
    setUp: 'no Mosquitto here, asked for by name',
    transport: 'mqtt5-qos1',
    args: [],
    env: { MQTT_VS_HTTP_MOSQUITTO: '/nowhere' },
    line: /was asked for and not measured: .*apt-get install mosquitto/,
  },
  {
    setUp: 'no Mosquitto here, --broker mosquitto',
    transport: 'mqtt-qos1',
    args: ['--broker', 'mosquitto'],
    env: { MQTT_VS_HTTP_MOSQUITTO: '/nowhere' },
    exit: 2,
    line: /--broker: .*apt-get install mosquitto/,
  },
]

const folder = temporaryFolder()
let identities: Identities

beforeAll(() => {
  if (!HAS_TOOLS) return
  const authority = new Authority(folder.path, 'authority')
  const names = 'DNS:localhost,IP:127.0.0.1'
  identities = {
    authority: authority.certificate,
    server: authority.sign('server', names),
    expired: authority.sign('expired', names, -1),
    elsewhere: authority.sign('elsewhere', 'DNS:elsewhere.example'),
  }
})

afterAll(() => folder[Symbol.dispose]())

async function startServer(name: string | undefined) {
  if (name === undefined) {
    return { port: await closedPort(), [Symbol.asyncDispose]: async () => {} }
  }
  const { start } = (await import(`./support/odd-servers/${name}.ts`)) as { start: StartOddServer }
  return start(identities)
}

/** What a user sees of it: the line of an error, the warning, or that it was measured. */
function lineOf(stderr: string, stdout: string, wanted: RegExp, port: number): string {
  const joined = stdout.replace(/\s+/g, ' ')
  const warning =
    /(?:\d+ of \d+ answers were a redirect|redirects were followed|warning: ).*?(?= \(json on|$| The | {2})/.exec(
      joined,
    )?.[0]
  const lines = stderr
    .split('\n')
    .filter((line) => /failed: |was asked for|^error|--broker|proxy/.test(line))
  const found = [...lines, ...(warning === undefined ? [] : [warning])].find((line) =>
    wanted.test(line.replaceAll(String(port), 'PORT')),
  )
  return (found ?? (lines.length > 0 ? lines.join(' / ') : (warning ?? 'measured'))).replaceAll(
    String(port),
    'PORT',
  )
}

describe.skipIf(!HAS_TOOLS)('a server as somebody has it', () => {
  it.each(ROWS)('$setUp, $transport: exit $exit', async (row) => {
    const { setUp, server, transport, args, line, exit = 3, scenario = 'json', env } = row
    await using odd = await startServer(server)
    const port = String(odd.port)
    const measured = exit === 0
    const capture = measured ? await LoopbackCapture.start(odd.port) : null
    using out = temporaryFolder()
    const run = await runCommand(
      [
        ...['run', scenario, '-t', transport],
        ...(args.includes('--measure') ? [] : [...BYTES_ONLY]),
        ...(args.includes('--messages') || row.server === undefined ? [] : ['--messages', '5']),
        ...args.map((arg) => arg.replace('PORT', port).replace(/^CA$/, identities.authority)),
        ...['--out', join(out.path, 'out'), '--full'],
      ],
      env === undefined ? {} : { env },
    )
    const seen = lineOf(run.stderr, run.stdout, line, odd.port)
    let figures = ''
    if (capture !== null) {
      const onTheWire = countPayload(await capture.stop(), odd.port)
      const [cell] = readReport(join(out.path, 'out')).cells
      const bytes = cell?.status === 'measured' ? cell.bytes : null
      const totals = bytes?.totals ?? { up: -1, down: -1 }
      figures = besideTcpdump(totals, onTheWire, `${bytes?.roundTrips?.connections ?? '?'}`)
      if (!args.includes('--follow-redirects')) expect(totals).toEqual(onTheWire)
    }
    tellRow(`${setUp} (${transport})`, seen, run.code, figures)
    if (row.report !== undefined) expect(run.stdout.replace(/\s+/g, ' ')).toMatch(row.report)
    expect({ code: run.code, seen }, run.stderr).toEqual({
      code: exit,
      seen: expect.stringMatching(line),
    })
  })
})
