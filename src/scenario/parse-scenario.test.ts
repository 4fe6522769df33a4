import { describe, expect, it } from 'vitest'
import { InstrumentError } from '../model/errors.ts'
import { METRIC_NAMES } from '../model/report/metric.ts'
import { parseScenario } from './parse-scenario.ts'

const KNOWN = {
  transportIds: ['default', 'http1', 'mqtt-qos0', 'mqtt-qos1', 'mqtt-qos2'],
  metricNames: METRIC_NAMES,
}
const TOP_KEYS =
  'name, title, flow, subscribers, topic, path, messages, payload, http, mqtt, token, tls, count, transports, claims, gates'

const parse = (source: string) => parseScenario(source, 'my.yaml', KNOWN)

function refusal(source: string): string {
  try {
    parse(source)
  } catch (error) {
    expect(error).toBeInstanceOf(InstrumentError)
    const { code, exitCode, message } = error as InstrumentError
    expect({ code, exitCode }).toEqual({ code: 'scenario-invalid', exitCode: 2 })
    expect(message).not.toMatch(/[\r\n]/)
    return message
  }
  throw new Error('was accepted')
}

/** A complete scenario with something more in it. */
const withLine = (line: string) => `name: my\ntitle: t\npayload: { text: a }\n${line}\n`
const withPayload = (payload: string) => `name: my\ntitle: t\npayload: ${payload}\n`
const withField = (field: string) =>
  withPayload(`{ records: { count: 3, as: array, record: { t: ${field} } } }`)
const withSubscribers = (written: string, flow = 'fanout') =>
  withLine(`flow: ${flow}\nsubscribers: ${written}`)
const withClaim = (rest: string) =>
  withLine(`claims: [{ says: x, metric: wire_bytes_per_message, ${rest} }]`)
const withRequestHeader = (header: string) =>
  withLine(`http: { request: { headers: { ${header} } } }`)

const REFUSED: Record<string, [source: string, message: string][]> = {
  keys: [
    [withLine('mqtt: { clientid: a }'), 'mqtt.clientid: unknown key; did you mean clientId?'],
    [withLine('http: { respnse: {} }'), 'http.respnse: unknown key; did you mean response?'],
    [withLine('zzzzzz: 1\nyyyyyy: 2'), `zzzzzz: unknown key; known: ${TOP_KEYS} (and 1 more)`],
    [
      'name: my\ntitle: t\npayloads: {}',
      'payloads: unknown key; did you mean payload? (and 1 more)',
    ],
    [
      withLine('mqtt: { qos: 3 }'),
      'mqtt.qos: unknown key; QoS is chosen by the transport, such as transports: [mqtt-qos1]',
    ],
    ['title: t\npayload: { text: a }', 'name: is missing'],
    [
      withLine('flow: uplnk'),
      'flow: must be one of uplink, fanout, roundtrip, not "uplnk"; did you mean uplink?',
    ],
  ],
  payload: [
    [
      'name: my\ntitle: t\n',
      "payload: is missing; say what is sent, such as payload: { text: '25' }",
    ],
    [
      withPayload('{}'),
      'payload: says nothing to send; give one of text, json, file, hex, records, size',
    ],
    [withPayload("{ text: a, hex: 'ff' }"), 'payload: gives text and hex; give only one of them'],
    [
      withPayload('{ text: 5 }'),
      'payload.text: must be a string, not the number 5; put it in quotes',
    ],
    [
      withPayload('{ hex: 0g }'),
      'payload.hex: is not hexadecimal; write pairs of digits, such as 00 ff',
    ],
    [withPayload('{ json: [1, .nan] }'), 'payload.json[1]: is not a value that JSON can carry'],
    [
      withField('{ integer: [9, 2] }'),
      'payload.records.record.t.integer: is reversed; write the smaller number first',
    ],
    [
      withField('{ intger: [1, 2] }'),
      'payload.records.record.t.intger: unknown key; did you mean integer? (and 1 more)',
    ],
    [
      withField('{ sequence: { digit: 2 } }'),
      'payload.records.record.t.sequence.digit: unknown key; did you mean digits? (and 1 more)',
    ],
    [
      withField('[1, 2]'),
      'payload.records.record.t: is no field; write a constant, { integer: [10, 99] }, { walk: { start: 21, step: 0.2, decimals: 1 } } or { sequence: { digits: 6 } }',
    ],
    [
      withPayload(`{ records: { count: 1000000, as: array, record: { t: ${'x'.repeat(90)} } } }`),
      'payload.records: make one message of up to 104000000 bytes; at most 67108864',
    ],
  ],
  encodings: [
    [
      withPayload('{ text: a, encoding: cbor }'),
      'payload.encoding: is of values, and text is sent as it is; write json or records instead',
    ],
    [
      withPayload('{ json: 1, encoding: [cbor, cbor] }'),
      'payload.encoding: names cbor twice; name it once',
    ],
    [
      withPayload("{ text: a, compress: gzip }\nhttp: { request: { query: { v: '{payload}' } } }"),
      'payload.compress: has nobody to say it where the payload stands in http.request.query; leave it out',
    ],
  ],
  requests: [
    [
      withLine('http: { request: { method: GET } }'),
      "http.request.method: is GET, whose content means nothing; put the payload into the query, such as query: { field1: '{payload}' }",
    ],
    [
      withLine('http: { request: { method: PUTT } }'),
      'http.request.method: must be one of POST, PUT, PATCH, GET, not "PUTT"; did you mean PUT?',
    ],
    [
      withLine("http: { request: { query: { a: '{payload}', b: '{payload}' } } }"),
      'http.request.query.b: is {payload} a second time; the payload is sent once',
    ],
    [
      withLine('flow: fanout\nhttp: { request: { method: PUT } }'),
      'http.request.method: is of an uplink, and the flow is fanout; leave it out',
    ],
    [
      withLine(`http: { request: { query: { a: ${'x'.repeat(8_000)} } } }`),
      'http.request.query: makes the target of a request longer than 8000 bytes; say less in it',
    ],
  ],
  identity: [
    [
      withLine('mqtt: { password: geheim }'),
      'mqtt.password: is given without a username, which MQTT 3.1.1 forbids [MQTT-3.1.2-22]; give both',
    ],
    [
      withLine('token: { length: 300 }'),
      "token: is MQTT's password, which is not sent without a user name [MQTT-3.1.2-22]; give mqtt.username",
    ],
    [
      withLine('token: abc\nmqtt: { username: a }\nhttp: { bearer: abc }'),
      'token: and http.bearer or http.basic are given; give only one of them',
    ],
    [
      withLine("http: { bearer: 'a b' }"),
      'http.bearer: must be printable ASCII without spaces; write { length: 300 } to have one made up',
    ],
    [
      withLine('http: { host: "a\\r\\nX: y" }'),
      'http.host: is no host; write a name, and a port where the device says one, such as api.example.com:8443',
    ],
    [
      withLine("http: { bearer: a, request: { headers: { Authorization: 'Bearer a' } } }"),
      'http.request.headers.Authorization: is given, and bearer or basic too; give only one of them',
    ],
    [
      withLine('mqtt: { will: { topic: a/# } }'),
      'mqtt.will.topic: has a wildcard (# or +); a message is published to one topic, such as sensors/temp',
    ],
  ],
  messages: [
    [withLine('messages: 0'), 'messages: must be at least 1'],
    [withLine('messages: -1'), 'messages: must be at least 1'],
    [withLine('messages: 1.5'), 'messages: must be a whole number, such as 100'],
    [withLine('messages: many'), 'messages: must be a whole number, such as 100'],
    [withLine('messages: 1e12'), 'messages: must be at most 1000000'],
  ],
  subscribers: [
    [withSubscribers('0'), 'subscribers: must be at least 1'],
    [withSubscribers('1001'), 'subscribers: must be at most 1000'],
    ...['1.5', "'3'", '{}', ''].map((written): [string, string] => [
      withSubscribers(written),
      'subscribers: must be a whole number, such as 10, or a list of them, such as [1, 10, 100]',
    ]),
    [withSubscribers('[]'), 'subscribers: must have at least 1 entry'],
    [withSubscribers('[1, 2, 3, 4, 5, 6, 7, 8, 9]'), 'subscribers: must have at most 8 entries'],
    [withSubscribers('[1, 10, 1]'), 'subscribers: names 1 twice; name it once'],
    [withSubscribers('[1, 2000]'), 'subscribers[1]: must be at most 1000'],
    [withSubscribers('[ten]'), 'subscribers[0]: must be a whole number, such as 10'],
    [
      withSubscribers('3', 'uplink'),
      'subscribers: is for a fanout alone; leave it out of flow: uplink, or write flow: fanout',
    ],
  ],
  topic: [
    [
      withLine('topic: a/#'),
      'topic: has a wildcard (# or +); a message is published to one topic, such as sensors/temp',
    ],
    [
      withLine('topic: a/+/b'),
      'topic: has a wildcard (# or +); a message is published to one topic, such as sensors/temp',
    ],
    [withLine('topic: "a\\0b"'), 'topic: has a NUL character, which MQTT forbids; leave it out'],
    [
      withLine(`topic: ${'溫'.repeat(21_846)}`),
      'topic: is longer than MQTT allows; at most 65535 bytes in UTF-8',
    ],
    [
      withLine(`flow: roundtrip\ntopic: ${'a'.repeat(65_530)}`),
      'topic: is longer than MQTT allows with /state behind it; leave 6 bytes for that',
    ],
    [
      withLine(`flow: roundtrip\npath: /${'a'.repeat(7_994)}`),
      'path: is too long with /state behind it; leave 6 bytes for that',
    ],
    [
      withLine('topic: "\\ud800"'),
      'topic: has half of a surrogate pair, which is not UTF-8; write the whole character',
    ],
    [
      withLine('topic: $SYS/x'),
      'topic: starts with $SYS/, which brokers keep for themselves; choose another',
    ],
  ],
  path: [
    [withLine('path: sensors'), 'path: must start with /, such as /sensors/temp'],
    [
      withLine('path: /a b'),
      'path: has a space, a control or a non-ASCII character; percent-encode it, such as %20',
    ],
    [
      withLine("path: '/a#b'"),
      'path: has a fragment (#), which never reaches a server; leave it out',
    ],
    [withLine('path: //a'), 'path: starts with //, which would name a host; start it with one /'],
    [withLine('path: /a/../b'), 'path: is sent as /b by some clients; write it like that'],
  ],
  http: [
    [
      withRequestHeader('x-a: "b\\r\\nc"'),
      'http.request.headers.x-a: has a CR, LF or NUL in its value; write it on one line',
    ],
    [
      withRequestHeader('x-a: "b\\nc"'),
      'http.request.headers.x-a: has a CR, LF or NUL in its value; write it on one line',
    ],
    [
      withRequestHeader('x a: b'),
      'http.request.headers["x a"]: is not a header name; use letters, digits and hyphens, such as x-device',
    ],
    [
      withRequestHeader('x-a: 1'),
      'http.request.headers.x-a: must be a string, not the number 1; put it in quotes',
    ],
    [
      withRequestHeader("Content-Length: '5'"),
      'http.request.headers.Content-Length: is set by the client or the server itself; leave it out',
    ],
    [
      withRequestHeader('Content-Type: a/b'),
      'http.request.headers.Content-Type: comes from the payload; set payload.contentType instead',
    ],
    [
      withRequestHeader('X-A: b, x-a: c'),
      'http.request.headers.x-a: is given twice; header names do not differ by case',
    ],
    [
      withRequestHeader(`x-a: ${'b'.repeat(8000)}`),
      'http.request.headers: are 8007 bytes; at most 8000 pass every server',
    ],
    [
      withLine('http: { response: { body: x } }'),
      'http.response.body: is given, but a 204 answer has no body; use status 200',
    ],
  ],
  names: [
    [
      withLine('transports: [mqtt-qos3]'),
      'transports: unknown transport "mqtt-qos3"; did you mean mqtt-qos0 or mqtt-qos1 or mqtt-qos2?',
    ],
    [
      withLine('transports: [carrier-pigeon]'),
      'transports: unknown transport "carrier-pigeon"; known: default, http1, mqtt-qos0, mqtt-qos1, mqtt-qos2',
    ],
    [withLine('transports: http1'), 'transports: must be a list, not the string "http1"'],
    [withLine('transports: []'), 'transports: must have at least 1 entry'],
    [
      withClaim('transport: [http1, htp1], between: [1, 2]'),
      'claims[0].transport: unknown transport "htp1"; did you mean http1?',
    ],
    [
      withClaim('ratio: { of: http1, to: mqtt }, between: [1, 2]'),
      'claims[0].ratio.to: unknown transport "mqtt"; known: default, http1, mqtt-qos0, mqtt-qos1, mqtt-qos2',
    ],
    [
      withLine('claims: [{ says: x, metric: setup_byte, transport: http1, between: [1, 2] }]'),
      'claims[0].metric: unknown metric "setup_byte"; did you mean setup_bytes?',
    ],
  ],
  claims: [
    [
      withClaim('transport: http1, between: [30, 20]'),
      'claims[0].between: is reversed; write the smaller number first, such as [20, 30]',
    ],
    [withClaim('between: [1, 2]'), 'claims[0]: speaks of no transport; give transport or ratio'],
    [
      withClaim('transport: http1, ratio: { of: http1, to: http1 }, between: [1, 2]'),
      'claims[0]: gives transport and ratio; give only one of them',
    ],
    [
      withClaim('transport: 1, between: [1, 2]'),
      'claims[0].transport: must be a transport, such as http1, or a list of them',
    ],
    [withLine('claims: { says: x }'), 'claims: must be a list, not a mapping'],
  ],
}

for (const [subject, cases] of Object.entries(REFUSED)) {
  describe(`refuses ${subject} in one line that says what would be right`, () => {
    it.each(cases.map(([source, message]) => ({ source, message })))(
      '$message',
      ({ source, message }) => {
        expect(refusal(source)).toBe(`my.yaml: ${message}`)
      },
    )
  })
}

describe('refuses what is not one usable YAML mapping', () => {
  const bomb = [...'bcdefg'].reduce(
    (text, name, i) => `${text}${name}: &${name} [${`*${'abcdef'[i]},`.repeat(9)}]\n`,
    'a: &a [x,x,x,x,x,x,x,x,x]\n',
  )
  it.each([
    ['', ': is empty; start with name:, title: and payload:'],
    ['- a', ': is not a mapping of keys to values; start with name:, title: and payload:'],
    ['hello', ': is not a mapping of keys to values; start with name:, title: and payload:'],
    [withLine('title: again'), ':4: key "title" is given twice; give it once'],
    [withLine('---\na: b'), ':4: has several documents (---); one file holds one scenario'],
    [withLine('\tpath: /a'), ':4: is not YAML: Tabs are not allowed as indentation'],
    [
      withPayload('{ text: !!js/function a }'),
      ':3: is not YAML: Unresolved tag: tag:yaml.org,2002:js/function',
    ],
    [withPayload('{ json: &x { a: *x } }'), ': has an alias inside its own anchor'],
    [bomb, ': is not usable YAML: Excessive alias count indicates a resource exhaustion attack'],
    [`a: ${'['.repeat(20_000)}`, ':1: nests too deeply'],
  ])('%.60s', (source, message) => {
    expect(refusal(source)).toBe(`my.yaml${message}`)
  })
})

describe('accepts', () => {
  it('the least there can be, and fills in every default', () => {
    expect(parse('name: my\ntitle: t\npayload: { text: a }')).toEqual({
      name: 'my',
      title: 't',
      flow: 'uplink',
      topic: 'sensors/temp',
      path: '/sensors/temp',
      messages: 100,
      payload: { text: 'a', seed: 1 },
      http: {
        request: { method: 'POST', headers: {} },
        response: { status: 204, headers: {}, body: '' },
      },
      mqtt: { clean: true, retain: false, clientId: 'sensor-0001', keepAlive: 60 },
      transports: ['default'],
      claims: [],
      gates: [],
    })
  })

  it.each([
    ['the longest topic', withLine(`topic: ${'a'.repeat(65_535)}`)],
    ['a topic with spaces and characters of any language', withLine('topic: 感測器/溫度 1')],
    ['a path with a query', withLine('path: /a?b=c&d')],
    ['an empty payload', withPayload("{ text: '' }")],
    ['hexadecimal in groups', withPayload("{ hex: '00 ff\t0A' }")],
    ['keys that look like numbers, inside a payload', withPayload('{ json: { 1: a } }')],
    ['a claim about one point', withClaim('transport: http1, between: [5, 5]')],
    ['a fan-out to one number of subscribers', withSubscribers('1000')],
    ['a fan-out to several', withSubscribers('[1, 10, 100]')],
    ['a fan-out that names none', withLine('flow: fanout')],
  ])('%s', (_what, source) => {
    expect(parse(source).name).toBe('my')
  })
})
