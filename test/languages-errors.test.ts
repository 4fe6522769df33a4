import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseBaseline } from '../src/gate/parse-baseline.ts'
import { describeError, describeSystemError, saidOf } from '../src/model/errors.ts'
import { parseInjections } from '../src/model/injection.ts'
import { parseLoss } from '../src/model/link/loss.ts'
import { saidText } from '../src/model/said/said.ts'
import { inLanguage, LANGUAGES, speak } from '../src/model/text/language.ts'
import { KNOWN_NAMES } from '../src/plan/known-names.ts'
import { planLoad } from '../src/plan/load.ts'
import type { LoadPlan } from '../src/plan/load-plan.ts'
import { planTap } from '../src/plan/tap.ts'
import { boundLoadElsewhere, MOST_ELSEWHERE } from '../src/plan/targets/bounds.ts'
import { planDeployments } from '../src/plan/targets/deployments.ts'
import { planTargets } from '../src/plan/targets/make-targets.ts'
import { parseReport } from '../src/runner/read-report.ts'
import { RunFolder } from '../src/runner/run-folder.ts'
import { connectFailure } from '../src/runner/stages/load/failures.ts'
import { parseScenario } from '../src/scenario/parse-scenario.ts'
import { createPayloads } from '../src/scenario/payload.ts'
import { lost, unlistenable, unreachable } from '../src/transports/connection-errors.ts'
import { POLL_INTERVAL, parseDurationOption } from '../src/transports/http/duration-option.ts'
import { refuseOptions } from '../src/transports/no-options.ts'
import { resolveTransports } from '../src/transports/registry.ts'
import { untrusted } from '../src/transports/tls/untrusted.ts'
import {
  disconnected,
  refusedConnect,
  refusedPublish,
  refusedSubscription,
} from '../src/transports/words/mqtt-answers.ts'
import { notUpgraded, speaksOther } from '../src/transports/words/other-protocol.ts'

const NONE = { messages: null, rounds: null, perRound: null }
const TAP = { listen: '1884', to: 'broker:1883' }
const loadAt = (rate: string) => planLoad({ rate }, ['throughput']) as LoadPlan
const AWAY = 'http://192.0.2.1/'

/** What is typed, and what of it is wrong. */
const REFUSED: readonly (readonly [name: string, plan: () => unknown])[] = [
  ['a URL', () => planTargets({ 'http-url': 'ftp://x' }, NONE, {})],
  ['a URL with a path', () => planTargets({ 'mqtt-url': 'mqtt://x/a' }, NONE, {})],
  ['a flag without its URL', () => planTargets({ insecure: true, 'http-url': AWAY }, NONE, {})],
  ['a header', () => planTargets({ header: ['x'], 'http-url': AWAY }, NONE, {})],
  ['a file', () => planTargets({ ca: '/nowhere', 'http-url': 'https://[::1]/' }, NONE, {})],
  ['a key alone', () => planTargets({ key: 'k', 'http-url': 'https://[::1]/' }, NONE, {})],
  ['too much', () => planTargets({ 'http-url': AWAY }, { ...NONE, messages: 1e6 }, {})],
  ['a rate', () => boundLoadElsewhere(loadAt('101'), MOST_ELSEWHERE, undefined)],
  ['a time', () => planTargets({ timeout: '1y', 'http-url': AWAY }, NONE, {})],
  ['one deployment', () => planDeployments({ 'http-url': AWAY }, {})],
  ['a load that is none', () => planLoad({ rate: '5' }, ['bytes'])],
  ['a sweep', () => planLoad({ sweep: '5,3' }, ['throughput'])],
  ['a part', () => planLoad({ part: '4/3' }, ['throughput'])],
  ['an instant', () => planLoad({ 'start-at': 'noon' }, ['throughput'])],
  ['a rotation', () => planTap({ ...TAP, rotate: 'often' })],
  ['a fault', () => parseInjections(['x=1'])],
  ['a share', () => parseLoss('50%')],
]

/** One key of a scenario that is right but for it; the whole of it where the key stands there already. */
const KEYS: readonly string[] = [
  ...['topics: x', 'messages: many', 'messages: 0', 'messages: 1000001', 'Name: a'],
  ...['topic: a/#', "topic: ''", 'topic: $SYS/a', 'topic: "a\\0b"', 'topic: 3', 'flow: sideways'],
  ...['path: a', 'path: //a', 'path: /a b', 'path: /a#b', 'path: /a/../b', 'subscribers: 3'],
  ...[
    'subscribers: x',
    'transports: []',
    'tls: divice',
    'tls: [psk, psk]',
    'token: {}',
    'token: a b',
  ],
  ...['http: { host: a b }', "http: { basic: { username: 'a:b', password: x } }"],
  ...['http: { request: { headers: { a b: c } } }', 'http: { request: { headers: { host: c } } }'],
  ...["http: { request: { headers: { a: ' c' } } }", 'http: { request: { headers: { a: é } } }'],
  ...['http: { request: { headers: { a: b, A: c } } }', 'http: { request: { method: GET } }'],
  ...['http: { request: { headers: { content-type: c } } }', 'http: { response: { body: x } }'],
  ...[
    "http: { request: { query: { '': x } } }",
    'http: { bearer: x, basic: { username: a, password: x } }',
  ],
  ...["http: { request: { query: { a: '{payload}', b: '{payload}' } } }"],
  ...['http: { request: { head: x, headerSet: curl } }', "http: { request: { head: '' } }"],
  ...["mqtt: { clientId: '' }", 'mqtt: { password: x }', 'mqtt: { keepAlive: 65536 }'],
  ...['token: x', 'gates: [{ metric: payload_bytes, transport: http1 }]', 'gates: [{ max: x }]'],
  ...[
    'gates: [{ metric: payload_bytes, transport: http1, min: 2, max: 1 }]',
    'claims: [{ says: x }]',
  ],
  ...['claims: [{ says: x, metric: payload_bytes, transport: http1, between: [2, 1] }]'],
  ...['claims: [{ says: x, metric: payload_bytes, between: [1, 2] }]', 'transports: [mqts-qos1]'],
  ...['claims: [{ says: x, metric: bytes, transport: http1, between: [1, 2] }]'],
]

/** In the place of the payload of one. */
const PAYLOADS: readonly string[] = [
  ...[
    '',
    '{}',
    '{ text: a, json: 1 }',
    '{ hex: 0g }',
    "{ file: '' }",
    '{ text: a, contentType: é }',
  ],
  ...[
    '{ text: a, encoding: cbor }',
    '{ json: 1, encoding: xml }',
    '{ json: 1, encoding: [cbor, cbor] }',
  ],
  ...['{ text: a, compressible: true }', '{ size: [1, 1] }', '{ size: x }', '{ text: 25 }'],
  ...['{ records: { count: 1, as: array, record: { a: { x: 1 } } } }'],
  ...['{ records: { count: 1, as: array, record: { a: { integer: [2, 1] } } } }'],
  ...[`{ records: { count: 1000000, as: array, record: { a: ${'x'.repeat(80)} } } }`],
  ...["{ json: 1, encoding: { protobuf: { schema: '', message: A } } }"],
]

const scenario = (payload: string, key = ''): string =>
  `name: a\ntitle: a\npayload: ${payload}\n${key}\n`

const PROTO = Buffer.from('syntax = "proto3"; message Reading { double temp = 1; }')
const payloadsOf = (payload: string, message?: string) => () => {
  const { payload: read, ...rest } = parseScenario(scenario(payload), 'a.yaml', KNOWN_NAMES)
  const encoding = message && { protobuf: { schema: 'x.proto', message } }
  return createPayloads(
    { ...rest, payload: { ...read, ...(encoding && { encoding }) } } as never,
    PROTO,
  ).payload(0)
}

const FRAMES = (frames: string, layers = '{"payload":1}'): string =>
  `{"schemaVersion":1,"tool":"mqtt-vs-http","versions":{},"cells":{"json":{"http1":{"messages":1,"steady up":{"layers":${layers},"frames":${frames}}}}}}`

const BASELINES: readonly string[] = [
  ...['', '{', '{"a":1,}', 'x', '[1]', '{}', '{"schemaVersion":9}', '{"schemaVersion":"x"}'],
  ...['<<<<<<< a\n', '{"environment":1,"plan":2}', '{"schemaVersion":1,"schemaVersion":1}'],
  ...['{"schemaVersion":1,"tool":"x","versions":{"a":1},"cells":{}}'],
  ...['{"schemaVersion":1,"tool":"mqtt-vs-http","versions":{},"cells":{"a":1}}'],
  ...['{"schemaVersion":1,"tool":"mqtt-vs-http","versions":{},"cell":{},"cells":{}}'],
  ...[
    FRAMES('["x"]'),
    FRAMES('[1]'),
    FRAMES('1'),
    FRAMES('["PUBACK 4: a 1"]'),
    FRAMES('[]', '{"payload":-1}'),
  ],
  ...[FRAMES('["PUBACK 4: a 4"]'), FRAMES('[]', '{"payload":0.5}'), FRAMES('[]', '1')],
]

/** What is in a file, and what of it is wrong. */
const UNREADABLE: readonly (readonly [name: string, read: () => unknown])[] = [
  ...KEYS.map(
    (key) =>
      [key, () => parseScenario(scenario('{ text: a }', key), 'a.yaml', KNOWN_NAMES)] as const,
  ),
  ...PAYLOADS.map(
    (payload) =>
      [
        `payload: ${payload}`,
        () => parseScenario(scenario(payload), 'a.yaml', KNOWN_NAMES),
      ] as const,
  ),
  ...[
    'a: [',
    'a: *b',
    'a:\n\tb: c',
    'a: "b',
    'a: 1\na: 2',
    'a: !x 1',
    '- a',
    '',
    '--- 1\n--- 2\n',
  ].map((yaml) => [yaml, () => parseScenario(yaml, 'a.yaml', KNOWN_NAMES)] as const),
  ...BASELINES.map((text) => [text, () => parseBaseline(text, 'b.json')] as const),
  ...['', '{', 'x', '1', '{"schemaVersion":99}', '{"schemaVersion":0}'].map(
    (text) => [`report ${text}`, () => parseReport(text, 'r.json')] as const,
  ),
  ...(
    ['{ json: 1', '{ json: { a: null }', '{ json: { a: [] }', "{ json: { 'a b': 1 }"] as const
  ).map((json) => [json, payloadsOf(`${json}, encoding: senml-json }`)] as const),
  ...(
    ['{ json: { x: 1 } }', "{ json: { temp: 'x' } }", '{ json: [1] }', '{ json: 1 }'] as const
  ).map((json) => [json, payloadsOf(json, 'Reading')] as const),
  ['another message', payloadsOf('{ json: {} }', 'Riding')],
  ['a transport', () => resolveTransports(['mqts-qos1'])],
  ['an option', () => refuseOptions('http1')({ a: 1 })],
  ['options', () => parseDurationOption('http-poll', POLL_INTERVAL, 1)],
  ['another option', () => parseDurationOption('http-poll', POLL_INTERVAL, { a: 1 })],
  [
    'a duration',
    () => parseDurationOption('http-poll', POLL_INTERVAL, { [POLL_INTERVAL.name]: 'x' }),
  ],
]

describe('an error of the command line says the same in either language', () => {
  it.each(REFUSED)('%s', async (_name, plan) => {
    const [english, chinese] = await toldIn(plan)
    expect(english).toMatch(/^--[a-z-]+(?: x=1)?: [ -~]+$/)
    expect(chinese).toMatch(/^--[a-z-]+(?: x=1)?：/)
    expect(chinese).toMatch(/\p{Script=Han}{2}/u)
    expect(chinese).not.toMatch(/[a-z]{3,} [a-z]{2,} [a-z]{2,}/)
    // The same flag, and each of its figures.
    expect(figuresOf(chinese as string)).toEqual(figuresOf(english as string))
  })
})

/** Of the language of a file, and of what it describes: what somebody types. */
const TYPED = /\{ .* \}|".*?"|\[.*?\]|npx mqtt-vs-http [a-z -]+|HTTP\/1.1|[a-z]+: '\d+'/g

it('what is in the way of writing is told in Chinese', async () => {
  const file = fileURLToPath(import.meta.url)
  const [, folder] = await toldIn(() => RunFolder.create(file, new Date()))
  expect(folder).toContain('它是檔案，不是資料夾')
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  expect(inLanguage('zh-TW', () => describeSystemError(full))).toBe('磁碟已滿，ENOSPC')
})

it('a baseline of another name is written again under it', () => {
  const update = 'npx mqtt-vs-http check --baseline b.json --update'
  for (const text of ['', '{"environment":1,"plan":2}', '{"schemaVersion":9}', '[]']) {
    expect(() => parseBaseline(text, 'b.json', update)).toThrow(update)
  }
})

describe('an error of a file says the same in either language', () => {
  it.each(UNREADABLE)('%s', async (_name, read) => {
    const [english, chinese] = await toldIn(read)
    expect(english).toMatch(/^[ -~§é]+$/)
    expect(english).not.toBe('nothing')
    expect(chinese).toMatch(/\p{Script=Han}{2}/u)
    expect(chinese).not.toContain('原文')
    expect(chinese?.replace(TYPED, '')).not.toMatch(/[a-z]{3,} [a-z]{2,}/)
    expect(chinese).not.toMatch(/^[\w.]+: /)
  })
})

const figuresOf = (text: string): string[] => (text.match(/\d+/g) ?? []).sort()

async function toldIn(plan: () => unknown): Promise<string[]> {
  const told: string[] = []
  try {
    for (const language of LANGUAGES) {
      speak(language)
      told.push(
        await Promise.resolve()
          .then(plan)
          .then(() => 'nothing', describeError),
      )
    }
  } finally {
    speak('en')
  }
  return told
}

const PLACE = new URL('mqtts://host:8883')
const coded = (code: string): Error => Object.assign(new Error('failed'), { code })
const codes = [...Array.from({ length: 35 }, (_, index) => 128 + index)]
const ALERTS = ['CERTIFICATE_REQUIRED', 'UNKNOWN_CA', 'HANDSHAKE_FAILURE', 'INTERNAL_ERROR']

/** What goes wrong while it runs, as it is kept. */
const BEFALLEN = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_SOCKET', 'HPE_INVALID_CONSTANT', 'EMFILE'].flatMap(
    (code) => [unreachable(PLACE, coded(code)), lost(PLACE, coded(code), 'handshake')],
  ),
  ...ALERTS.map((name) => lost(PLACE, coded(`ERR_SSL_TLSV1_ALERT_${name}`))),
  ...(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'] as const).map((code) =>
    untrusted(PLACE, coded(code), 'system'),
  ),
  lost(PLACE, null, 'nothing'),
  unlistenable('192.0.2.1', coded('EADDRNOTAVAIL')),
  ...codes.flatMap((code) => [
    refusedConnect(PLACE, code, 5),
    refusedPublish(PLACE, 'a/b', 'PUBACK', code),
    refusedSubscription(PLACE, { topic: 'a/b', qos: 1 }, code, 5),
    disconnected(PLACE, code),
  ]),
  ...[1, 2, 3, 4, 5].map((code) => refusedConnect(PLACE, code, 4)),
  speaksOther(PLACE, { protocol: 'mqtt/5.0', secure: true }, Buffer.of(0x20, 2, 0, 0)),
  notUpgraded(PLACE, 404),
].map(saidOf)

it('what goes wrong while it runs says the same in either language', () => {
  const noneOpened = connectFailure(4, 0, [{ what: 'ECONNREFUSED', connections: 4 }])
  for (const failure of [...BEFALLEN, ...(noneOpened ? [noneOpened] : [])]) {
    const [english, chinese] = LANGUAGES.map((each) => inLanguage(each, () => saidText(failure)))
    expect(chinese).toMatch(/\p{Script=Han}{2}/u)
    expect(chinese).not.toMatch(/[a-z]{3,} [a-z]{2,} [a-z]{2,}/)
    expect(chinese?.match(/§[\d.]+|0x\w+|--[a-z-]+/g)?.sort()).toEqual(
      english?.match(/§[\d.]+|0x\w+|--[a-z-]+/g)?.sort(),
    )
  }
})
