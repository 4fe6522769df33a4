import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InstrumentError } from '../model/errors.ts'
import { baselineSchema } from '../model/report/check/baseline.ts'
import { METRIC_NAMES } from '../model/report/metric.ts'
import { scenarioSchema } from '../model/scenario/scenario.ts'
import { BUILT_IN_SCENARIOS, COMPARISON_SCENARIOS } from './built-in.ts'
import { loadScenarios } from './load.ts'

const KNOWN = {
  transportIds: [
    'default',
    'http1',
    'http1-bare',
    'mqtt-qos0',
    'mqtt-qos1',
    'mqtt-qos1-bare',
    'mqtt-qos2',
    ...['downlink', 'http-poll', 'http-long-poll', 'sse'],
    ...['mqtt5-qos0', 'mqtt5-qos1', 'mqtt5-qos2'],
    ...['http1-close', 'http1-replay', 'h2c', 'https1-close', 'https1-resumed'],
    ...['mqtt-close', 'mqtts-close', 'mqtts-resumed', 'memory', 'socketio'],
    ...['https1', 'http2', 'mqtts-qos0', 'mqtts-qos1'],
  ],
  metricNames: METRIC_NAMES,
}

let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scenarios-'))
  await mkdir(at('directory.yaml'))
  const head = 'name: mine\ntitle: t\n'
  await writeFile(at('mine.yaml'), `${head}payload: { text: a }\n`)
  await writeFile(at('other.yaml'), `${head}payload: { text: b }\n`)
  await writeFile(at('file.yaml'), `${head}payload: { file: content.bin }\n`)
  await writeFile(at('content.bin'), Uint8Array.of(1, 2, 3))
  await writeFile(at('no-file.yaml'), `${head}payload: { file: missing.bin }\n`)
  await writeFile(at('directory-file.yaml'), `${head}payload: { file: directory.yaml }\n`)
  await writeFile(at('endless-file.yaml'), `${head}payload: { file: /dev/zero }\n`)
  await writeFile(at('latin1.yaml'), Buffer.from('name: mine\ntitle: 25\xb0C\n', 'latin1'))
  const fanout = `${head}flow: fanout\npayload: { file: content.bin }\n`
  await writeFile(at('many.yaml'), `${fanout}subscribers: [3, 1]\n`)
  await writeFile(at('few.yaml'), `${fanout}subscribers: 3\n`)
  await writeFile(at('some.yaml'), `${fanout.replace('mine', 'mine-3')}subscribers: 3\n`)
  await writeFile(at('huge.yaml'), `# ${'x'.repeat(1024 * 1024)}\n`)
})

afterAll(() => rm(folder, { recursive: true }))

async function refusal(...selectors: string[]): Promise<string> {
  const error = await loadScenarios(selectors, KNOWN).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(InstrumentError)
  const { code, exitCode, message } = error as InstrumentError
  expect(exitCode).toBe(2)
  expect(message).not.toMatch(/[\r\n]/)
  return `${code}: ${message.replaceAll(folder, 'DIR')}`
}

const names = async (...selectors: string[]) =>
  (await loadScenarios(selectors, KNOWN)).map(({ scenario }) => scenario.name)

describe('selecting scenarios', () => {
  it.each([[[]], [['all']], [['default']]])(
    '%j means the published comparison, in its order',
    async (selectors) => {
      expect(await names(...selectors)).toEqual([...COMPARISON_SCENARIOS])
    },
  )

  it('has others beside it, which are named', async () => {
    for (const name of BUILT_IN_SCENARIOS) {
      // A list of subscribers makes several scenarios of one file.
      for (const found of await names(name)) expect(found.startsWith(name)).toBe(true)
    }
    expect(await names('all', 'command-delivery')).toEqual([
      ...COMPARISON_SCENARIOS,
      'command-delivery',
    ])
  })

  it('takes names and paths in the order given, each once', async () => {
    expect(await names('stream-1000', at('mine.yaml'), 'json', 'json')).toEqual([
      'stream-1000',
      'mine',
      'json',
    ])
  })

  it.each([
    [
      'jsn',
      'scenario-not-found: unknown scenario "jsn"; did you mean json? known: single-reading, json, batch-1000, stream-1000, authenticated, cold-start, command-delivery, encodings, fan-out, tls-profiles, payload-sizes, all, or a path such as ./my.yaml',
    ],
    [
      'carrier-pigeon',
      'scenario-not-found: unknown scenario "carrier-pigeon"; known: single-reading, json, batch-1000, stream-1000, authenticated, cold-start, command-delivery, encodings, fan-out, tls-profiles, payload-sizes, all, or a path such as ./my.yaml',
    ],
    ['DIR/none.yaml', 'scenario-not-found: DIR/none.yaml: cannot be read: there is no such file'],
    ['DIR/directory.yaml', 'scenario-invalid: DIR/directory.yaml: is a directory; give a file'],
    ['DIR/latin1.yaml', 'scenario-invalid: DIR/latin1.yaml: is not text in UTF-8'],
    ['DIR/huge.yaml', 'scenario-invalid: DIR/huge.yaml: is larger than 1048576 bytes'],
    [
      'DIR/no-file.yaml',
      'scenario-invalid: DIR/no-file.yaml: payload.file: missing.bin: cannot be read: there is no such file',
    ],
    [
      'DIR/directory-file.yaml',
      'scenario-invalid: DIR/directory-file.yaml: payload.file: directory.yaml: is a directory; give a file',
    ],
    [
      'DIR/endless-file.yaml',
      'scenario-invalid: DIR/endless-file.yaml: payload.file: /dev/zero: is larger than 67108864 bytes',
    ],
  ])('refuses %s', async (selector, expected) => {
    expect(await refusal(selector.replace('DIR', folder))).toBe(expected)
  })

  it('refuses two scenarios of one name', async () => {
    expect(await refusal(at('mine.yaml'), at('other.yaml'))).toBe(
      'scenario-invalid: DIR/other.yaml: name: mine is also the name of DIR/mine.yaml; rename one of them',
    )
  })

  it('makes one scenario of each number of subscribers', async () => {
    const loaded = await loadScenarios([at('many.yaml'), at('many.yaml')], KNOWN)
    expect(loaded.map(({ scenario }) => [scenario.name, scenario.subscribers])).toEqual([
      ['mine-3', 3],
      ['mine-1', 1],
    ])
    for (const { written, fileBytes } of loaded) {
      expect([written.name, written.subscribers]).toEqual(['mine', [3, 1]])
      expect(fileBytes).toHaveLength(3)
    }
    expect(await names(at('few.yaml'))).toEqual(['mine'])
  })

  it('refuses a name that is also one of those', async () => {
    expect(await refusal(at('many.yaml'), at('some.yaml'))).toBe(
      'scenario-invalid: DIR/some.yaml: name: mine-3 is also the name of DIR/many.yaml; rename one of them',
    )
  })

  it('reads the payload file, relative to the scenario', async () => {
    const [loaded] = await loadScenarios([at('file.yaml')], KNOWN)
    expect([...(loaded?.fileBytes ?? [])]).toEqual([1, 2, 3])
    expect([...(loaded?.payloads.payload(0) ?? [])]).toEqual([1, 2, 3])
  })
})

describe('the built-in scenarios', () => {
  it('have names that a report and a baseline can hold, one of each TLS profile too', async () => {
    const loaded = await loadScenarios(['tls-profiles'], KNOWN)
    expect(loaded.map(({ scenario }) => scenario.name)).toContain('tls-profiles-device-1.2')
    for (const { scenario } of loaded) {
      const stored = JSON.parse(JSON.stringify(scenario))
      expect(scenarioSchema.safeParse(stored).error, scenario.name).toBeUndefined()
      const cells = { [scenario.name]: { http1: { messages: 1 } } }
      const text = { schemaVersion: 1, tool: 'mqtt-vs-http', versions: {}, cells }
      expect(baselineSchema.safeParse(text).error, scenario.name).toBeUndefined()
    }
  })

  it('carry the published payloads', async () => {
    const loaded = await loadScenarios([], KNOWN)
    const facts = loaded.map(({ scenario, payloads }) => [
      scenario.name,
      scenario.messages,
      payloads.payload(0).length,
      payloads.contentType,
    ])
    expect(facts).toEqual([
      ['single-reading', 100, 14, 'text/plain'],
      ['json', 100, 14, 'application/json'],
      ['batch-1000', 1, 15_001, 'application/json'],
      ['stream-1000', 1000, 14, 'application/json'],
    ])
    const text = (index: number) => new TextDecoder().decode(loaded[index]?.payloads.payload(0))
    expect(text(0)).toBe('溫度：25°C')
    expect(text(1)).toBe('{ "temp": 25 }')
    expect(JSON.parse(text(2))).toHaveLength(1000)
  })

  it('send what one device sends to one, ten and a hundred subscribers', async () => {
    const [json, ...fanouts] = await loadScenarios(['json', 'fan-out'], {
      ...KNOWN,
      transportIds: [...KNOWN.transportIds, 'sse', 'socketio', 'memory'],
    })
    expect(fanouts.map(({ scenario }) => [scenario.name, scenario.subscribers])).toEqual([
      ['fan-out-1', 1],
      ['fan-out-10', 10],
      ['fan-out-100', 100],
    ])
    for (const { payloads } of fanouts) {
      expect(payloads.payload(0)).toEqual(json?.payloads.payload(0))
    }
  })

  it('send the same records in one message and in a thousand', async () => {
    const [batch, stream] = await loadScenarios(['batch-1000', 'stream-1000'], KNOWN)
    const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
    const records = Array.from({ length: 1000 }, (_, i) => decode(stream?.payloads.payload(i)))
    expect(decode(batch?.payloads.payload(0))).toBe(`[${records.join(',')}]`)
  })

  it('state the ratio in the same words everywhere', async () => {
    const loaded = await loadScenarios([], KNOWN)
    const ratios = loaded.map(({ scenario }) => scenario.claims.filter((claim) => claim.ratio))
    for (const ratio of ratios) expect(ratio).toEqual(ratios[0])
    expect(ratios[0]).toHaveLength(1)
  })
})
