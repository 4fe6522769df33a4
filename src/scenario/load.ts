import { dirname, join, resolve, sep } from 'node:path'
import { InstrumentError } from '../model/errors.ts'
import { writtenByBuild } from '../model/lazy-package.ts'
import { asSentBy } from '../model/scenario/as-sent.ts'
import { expandFile } from '../model/scenario/expand.ts'
import {
  MAX_PATH_BYTES,
  payloadFieldOf,
  percentEncode,
  splitTarget,
} from '../model/scenario/http-query.ts'
import { MAX_PAYLOAD_BYTES } from '../model/scenario/payload/encoded.ts'
import type { Scenario, ScenarioFile } from '../model/scenario/scenario.ts'
import { catalogue, listNames, named } from '../model/text/language.ts'
import { suggestNearest } from '../model/text/nearest.ts'
import {
  BUILT_IN_SCENARIOS,
  builtInFile,
  COMPARISON_SCENARIOS,
  PUBLISHED_SCENARIOS,
} from './built-in.ts'
import { checkHead, expectedRequest, expectedResponse, MAX_HEAD_BYTES } from './head-file.ts'
import type { KnownNames } from './parse-scenario.ts'
import type { PayloadSource } from './payload.ts'
import { createPayloads } from './payload.ts'
import { quote } from './quote.ts'
import { readFileCapped } from './read-file.ts'

const say = catalogue({
  en: {
    unknown: (selector: string, hint: string | null, known: string) =>
      `unknown scenario ${selector}; ${hint === null ? '' : `${hint} `}known: ${known}, or a path such as ./my.yaml`,
    notText: (name: string) => `${name}: is not text in UTF-8`,
    twice: (file: string, name: string, other: string) =>
      `${file}: name: ${name} is also the name of ${other}; rename one of them`,
    tooLarge: (most: number) => `payload: is larger than ${most} bytes; send less in one message`,
    longTarget: (name: string, bytes: number, most: number) =>
      `${name}: http.request.query: makes a target of ${bytes} bytes with the payload, at most ${most} pass every server; send it as content, with method: PUT or POST`,
  },
  'zh-TW': {
    unknown: (selector, hint, known) =>
      `沒有 ${selector} 這個情境；${hint ?? ''}已知：${known}，或路徑，例如 ./my.yaml`,
    notText: (name) => `${name}：不是 UTF-8 的文字`,
    twice: (file, name, other) => `${file}：name：${name} 也是 ${other} 的名稱；請改掉其中一個`,
    tooLarge: (most) => `payload：超過 ${most} 位元組；請在一則訊息中少送一點`,
    longTarget: (name, bytes, most) =>
      `${name}：http.request.query：加上負載後請求目標有 ${bytes} 位元組，所有伺服器都接受的至多 ${most}；請以 method: PUT 或 POST 當作內容傳送`,
  },
})

/** A scenario file is written by hand; what is larger is something else. */
const MAX_SCENARIO_BYTES = 1024 * 1024

const CODES = { missing: 'scenario-not-found', unusable: 'scenario-invalid' } as const

export interface LoadedScenario {
  readonly scenario: Scenario
  /** As the file says it, which a list of subscribers makes several scenarios. */
  readonly written: ScenarioFile
  /** As it was named on the command line, or the full path of a built-in. */
  readonly file: string
  /** Content of `payload.file`; null where the payload needs no file. */
  readonly fileBytes: Uint8Array | null
  readonly payloads: PayloadSource
}

interface NamedFile {
  /** How messages call it. */
  readonly name: string
  readonly file: string
}

const isPath = (selector: string): boolean =>
  /[/]|\.ya?ml$/i.test(selector) || selector.includes(sep)

function resolveSelector(selector: string): NamedFile[] {
  if (selector === 'all' || selector === 'default') {
    return COMPARISON_SCENARIOS.map((name) => ({ name: `${name}.yaml`, file: builtInFile(name) }))
  }
  if (selector === 'published') {
    return PUBLISHED_SCENARIOS.map((name) => ({
      name: `published/${name}.yaml`,
      file: builtInFile(join('published', name)),
    }))
  }
  if ((BUILT_IN_SCENARIOS as readonly string[]).includes(selector)) {
    return [{ name: `${selector}.yaml`, file: builtInFile(selector) }]
  }
  if (isPath(selector)) return [{ name: selector, file: selector }]
  const suggestion = suggestNearest(selector, [...BUILT_IN_SCENARIOS, 'all'])
  throw new InstrumentError(
    'scenario-not-found',
    say.unknown(quote(selector), suggestion, listNames([...BUILT_IN_SCENARIOS, 'all'])),
  )
}

/** The files of all selectors in order, each once however often it is named. */
function resolveSelectors(selectors: readonly string[]): NamedFile[] {
  const wanted = selectors.length === 0 ? ['all'] : selectors
  const byPath = new Map<string, NamedFile>()
  for (const found of wanted.flatMap(resolveSelector)) byPath.set(resolve(found.file), found)
  return [...byPath.values()]
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new InstrumentError('scenario-invalid', say.notText(name), { cause: error })
  }
}

/** An edited file is another text, and parsed like any. */
function parsedByBuild(source: string): ScenarioFile | null {
  const parsed = writtenByBuild('scenarios')?.[source]
  return parsed === undefined ? null : JSON.parse(parsed)
}

/** It reads YAML, whose library takes longer to load than most files to parse. */
const parser = () => import('./parse-scenario.ts')

async function loadFile(
  { name, file }: NamedFile,
  known: KnownNames,
  tls: ScenarioFile['tls'],
): Promise<LoadedScenario[]> {
  const bytes = await readFileCapped(file, MAX_SCENARIO_BYTES, name, CODES)
  const source = decodeUtf8(bytes, name)
  const parsed = parsedByBuild(source) ?? (await parser()).parseScenario(source, name, known)
  const written = tls === undefined ? parsed : { ...parsed, tls }
  const key = written.payload.file === undefined ? 'encoding.protobuf.schema' : 'file'
  const payloadFile = written.payload.file ?? schemaOf(written.payload)
  const fileBytes =
    payloadFile === undefined
      ? null
      : await readBeside(file, payloadFile, MAX_PAYLOAD_BYTES, named(name, `payload.${key}`))
  const heads = await readHeads(written, file, name)
  return expandFile(written).map((expanded) => {
    const scenario = withHeads(expanded, heads)
    const payloads = payloadsOf(scenario, fileBytes, name)
    for (const protocol of ['http/1.1', 'mqtt/3.1.1'] as const) {
      const sent = asSentBy(scenario, protocol)
      const own = sent === scenario ? payloads : payloadsOf(sent, fileBytes, name)
      if (protocol !== 'http/1.1') continue
      refuseLongTarget(scenario, own.payload(0), name)
      checkHeads(scenario, own.payload(0), name)
    }
    return { scenario, written, file, fileBytes, payloads }
  })
}

/** @param beside a file that the scenario file names, relative to it, under a key that messages call so */
const readBeside = (file: string, beside: string, maxBytes: number, called: string) =>
  readFileCapped(resolve(dirname(file), beside), maxBytes, named(called, beside), {
    missing: 'scenario-invalid',
    unusable: 'scenario-invalid',
  })

type Heads = Record<'request' | 'response', string | undefined>

async function readHeads({ http }: ScenarioFile, file: string, name: string): Promise<Heads> {
  const read = async (side: keyof Heads): Promise<string | undefined> => {
    const { head } = http[side]
    if (head === undefined) return undefined
    const bytes = await readBeside(file, head, MAX_HEAD_BYTES, named(name, `http.${side}.head`))
    return Buffer.from(bytes).toString('latin1')
  }
  return { request: await read('request'), response: await read('response') }
}

/** The scenario with what its files of heads hold in place of their names. */
function withHeads(scenario: Scenario, { request, response }: Heads): Scenario {
  const { http } = scenario
  return {
    ...scenario,
    http: {
      ...http,
      request: { ...http.request, ...(request !== undefined && { head: request }) },
      response: { ...http.response, ...(response !== undefined && { head: response }) },
    },
  }
}

function checkHeads(scenario: Scenario, payload: Uint8Array, name: string): void {
  const { request, response } = scenario.http
  if (request.head !== undefined) {
    const { before, after } = splitTarget(scenario.path, request)
    const target = after === null ? before : before + percentEncode(payload) + after
    const expected = expectedRequest(scenario, target, after === null ? payload.length : null)
    checkHead(request.head, named(name, 'http.request.head'), expected)
  }
  if (response.head !== undefined) {
    checkHead(response.head, named(name, 'http.response.head'), expectedResponse(scenario))
  }
}

/** The first schema of Protocol Buffers that a payload names. */
function schemaOf({ encoding }: ScenarioFile['payload']): string | undefined {
  const encodings = Array.isArray(encoding) ? encoding : [encoding]
  const found = encodings.find((each) => typeof each === 'object')
  return typeof found === 'object' ? found.protobuf.schema : undefined
}

/** @throws InstrumentError `scenario-invalid` where it cannot be written so, or is too large */
function payloadsOf(scenario: Scenario, fileBytes: Uint8Array | null, name: string): PayloadSource {
  try {
    const payloads = createPayloads(scenario, fileBytes ?? undefined)
    // Text in the file is small, but aliases multiply it.
    if (payloads.payload(0).length <= MAX_PAYLOAD_BYTES) return payloads
  } catch (error) {
    if (!(error instanceof InstrumentError)) throw error
    throw new InstrumentError('scenario-invalid', named(name, error.message))
  }
  throw new InstrumentError('scenario-invalid', named(name, say.tooLarge(MAX_PAYLOAD_BYTES)))
}

/** What stands in a query has the room of a request line. */
function refuseLongTarget({ path, http }: Scenario, payload: Uint8Array, name: string): void {
  if (payloadFieldOf(http.request) === null) return
  const { before, after } = splitTarget(path, http.request)
  const lengthBytes = before.length + percentEncode(payload).length + (after ?? '').length
  if (lengthBytes <= MAX_PATH_BYTES) return
  throw new InstrumentError('scenario-invalid', say.longTarget(name, lengthBytes, MAX_PATH_BYTES))
}

/**
 * Loads and checks every scenario that is named; the first problem stops it, so
 * that nothing starts on bad input.
 * @param selectors `all` (the published comparison), names of built-ins, or
 *   paths; none means `all`
 * @param tls the TLS profiles of all of them, whatever the files say
 * @throws InstrumentError `scenario-not-found` or `scenario-invalid`, on one line
 */
export async function loadScenarios(
  selectors: readonly string[],
  known: KnownNames,
  tls?: ScenarioFile['tls'],
): Promise<LoadedScenario[]> {
  const loaded: LoadedScenario[] = []
  for (const named of resolveSelectors(selectors))
    loaded.push(...(await loadFile(named, known, tls)))
  const fileOfName = new Map<string, string>()
  for (const { scenario, file } of loaded) {
    const other = fileOfName.get(scenario.name)
    if (other !== undefined) {
      throw new InstrumentError('scenario-invalid', say.twice(file, scenario.name, other))
    }
    fileOfName.set(scenario.name, file)
  }
  return loaded
}
