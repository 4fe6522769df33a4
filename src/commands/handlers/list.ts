import { type Column, rowGroup, type TableBlock } from '../../export/document/document.ts'
import { drawColumns } from '../../export/document/draw-table.ts'
import { jsonText } from '../../export/document/json-text.ts'
import { layoutTable } from '../../export/document/table-layout.ts'
import { formatMs, formatRate } from '../../export/report/links/link-text.ts'
import { builtInData } from '../../fleet/load-data.ts'
import { sourcesOf } from '../../fleet/sources.ts'
import type { FleetReport } from '../../model/fleet/fleet-report.ts'
import { type LinkProfile, queueBytes } from '../../model/link/profile.ts'
import { LINK_PROFILES } from '../../model/link/profiles.ts'
import { saidText } from '../../model/said/said.ts'
import type { ScenarioFile } from '../../model/scenario/scenario.ts'
import { catalogue, listNames, speak } from '../../model/text/language.ts'
import { displayWidth, wrapText } from '../../model/text/text-width.ts'
import { wordsOf } from '../../model/text/wording.ts'
import type { TlsProfile } from '../../model/tls/profile.ts'
import { TLS_PROFILES } from '../../model/tls/profiles.ts'
import { KNOWN_NAMES } from '../../plan/known-names.ts'
import { BUILT_IN_SCENARIOS } from '../../scenario/built-in.ts'
import { loadScenarios } from '../../scenario/load.ts'
import { writeOutput } from '../../terminal/output.ts'
import { listTransports, loadTransport } from '../../transports/registry.ts'
import type { ListArguments } from '../flags/list.ts'

const say = catalogue({
  en: {
    scenarios: 'scenarios',
    transports: 'transports',
    links: 'links',
    tls: 'TLS profiles',
    plans: 'data plans',
    clouds: 'cloud services',
    radios: 'radio models',
    secondHand: (mark: string) => `${mark}: a part of it read second-hand`,
    leftOut: (columns: string) => `${columns}: in a wider terminal, or with --format json`,
    here: (needs: string) => `${needs} (here)`,
    notHere: (needs: string) => `${needs} (not here)`,
    flowTo: (flow: string, subscribers: string) => `${flow} to ${subscribers}`,
    sharedKey: 'a shared key',
    chain: (key: string, bytes: string) => `${key}, ${bytes} bytes`,
    heads: {
      name: 'name',
      flow: 'flow',
      messages: 'messages',
      bytes: 'bytes',
      title: 'title',
      client: 'client',
      completion: 'completion',
      flows: 'flows',
      groups: 'groups',
      needs: 'needs',
      down: 'down',
      up: 'up',
      publisher: 'published by',
      suite: 'first suite',
      certificates: 'certificates',
      readOn: 'read on',
      source: 'source',
    },
  },
  'zh-TW': {
    scenarios: '情境',
    transports: '傳輸方式',
    links: '鏈路',
    tls: 'TLS 設定檔',
    plans: '資費',
    clouds: '雲端服務',
    radios: '無線模型',
    secondHand: (mark) => `${mark}：其中有轉述的部分`,
    leftOut: (columns) => `${columns}：請用較寬的終端機，或 --format json`,
    here: (needs) => `${needs}（有）`,
    notHere: (needs) => `${needs}（沒有）`,
    flowTo: (flow, subscribers) => `${flow} 對 ${subscribers}`,
    sharedKey: '共享金鑰',
    chain: (key, bytes) => `${key}，${bytes} 位元組`,
    heads: {
      name: '名稱',
      flow: '流程',
      messages: '訊息數',
      bytes: '位元組',
      title: '說明',
      client: '用戶端',
      completion: '完成',
      flows: '流程',
      groups: '群組',
      needs: '需要',
      down: '下行',
      up: '上行',
      publisher: '發布者',
      suite: '首選密碼套件',
      certificates: '憑證',
      readOn: '讀於',
      source: '出處',
    },
  },
})

async function describeScenarios() {
  const loaded = await loadScenarios(BUILT_IN_SCENARIOS, KNOWN_NAMES)
  // `run` names files: the scenarios that a list makes are one row.
  const files = new Map(loaded.map((entry) => [entry.file, entry]))
  const sizesOf = (file: string): number[] =>
    loaded.flatMap((entry) => (entry.file === file ? [entry.payloads.payload(0).length] : []))
  return Array.from(files.values(), ({ written, payloads, file }) => ({
    name: written.name,
    title: wordsOf(written.title),
    flow: written.flow,
    ...(written.subscribers !== undefined && { subscribers: [written.subscribers].flat() }),
    messages: written.messages,
    payloadBytes: payloads.payload(0).length,
    ...(isListed(written.payload) && { payloadSizes: sizesOf(file) }),
    contentType: payloads.contentType,
    transports: written.transports,
    claims: written.claims.map((claim) => wordsOf(claim.says)),
    file,
  }))
}

/** Whether its scenarios differ in what they send. */
const isListed = ({ size, encoding, compress }: ScenarioFile['payload']): boolean =>
  [size, encoding, compress].some(Array.isArray)

/** Why this machine cannot run it; null where it can. */
async function whatIsMissing(id: string): Promise<string | null> {
  const transport = await loadTransport(id)
  const missing = await transport.availability?.(transport.parseOptions({}))
  return missing ? saidText(missing) : null
}

async function describeTransports() {
  const listed = listTransports()
  return Promise.all(
    listed.map(async ({ id, title, traits, groups }) => ({
      id,
      title: wordsOf(title),
      client: traits.client,
      protocol: traits.protocol,
      flows: traits.flows,
      completion: traits.completion,
      secure: traits.secure,
      groups,
      needs: traits.needs ?? null,
      missing: await whatIsMissing(id),
    })),
  )
}

const INDENT = '  '

const tableOf = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  aligns: readonly Column['align'][],
): TableBlock => ({
  kind: 'table',
  frame: 'plain',
  columns: head.map((title, index) => ({ title, align: aligns[index] ?? 'left' })),
  groups: rows.map(([first = '', ...others]) => rowGroup(first, others)),
})

/** @param spare columns that give way where a terminal has no room for all */
function alignColumns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  spare: readonly string[] = [],
): string {
  const isCount = (name: string): boolean => [say.heads.messages, say.heads.bytes].includes(name)
  const aligns = head.map((name): Column['align'] => (isCount(name) ? 'right' : 'left'))
  const drawn = drawColumns([head, ...rows], aligns)
  // A pipe has a line for each; a terminal would break what is wider.
  const room = (process.stdout.columns || Number.POSITIVE_INFINITY) - INDENT.length
  const kept = <Value>(row: readonly Value[]): Value[] =>
    row.filter((_, index) => !spare.includes(head[index] ?? ''))
  const narrow = (): string[] => [
    ...layoutTable(tableOf(kept(head), rows.map(kept), kept(aligns)), room, (text) => text),
    ...(spare.length === 0 ? [] : wrapText(say.leftOut(listNames(spare)), room, 'anywhere')),
  ]
  const lines = drawn.every((line) => displayWidth(line) <= room) ? drawn : narrow()
  return lines.map((line) => INDENT + line).join('\n')
}

const describeFlow = ({ flow, subscribers }: { flow: string; subscribers?: number[] }): string =>
  subscribers === undefined ? flow : say.flowTo(flow, subscribers.join(', '))

function renderScenarios(scenarios: Awaited<ReturnType<typeof describeScenarios>>): string {
  const rows = scenarios.map((scenario) => [
    scenario.name,
    describeFlow(scenario),
    String(scenario.messages),
    scenario.payloadSizes === undefined
      ? String(scenario.payloadBytes)
      : `${Math.min(...scenario.payloadSizes)}–${Math.max(...scenario.payloadSizes)}`,
    scenario.title,
  ])
  return `${say.scenarios}\n${alignColumns([say.heads.name, say.heads.flow, say.heads.messages, say.heads.bytes, say.heads.title], rows)}\n`
}

const describeNeed = (needs: string, missing: string | null): string =>
  missing === null ? say.here(needs) : say.notHere(needs)

function renderTransports(transports: Awaited<ReturnType<typeof describeTransports>>): string {
  const rows = transports.map((transport) => [
    transport.id,
    transport.client,
    transport.completion,
    transport.flows.join(', '),
    transport.groups.join(', '),
    transport.needs === null ? '-' : describeNeed(transport.needs, transport.missing),
    transport.title,
  ])
  const { client, completion, flows, groups, needs, title } = say.heads
  const head = ['id', client, completion, flows, groups, needs, title]
  return `${say.transports}\n${alignColumns(head, rows, [client, flows, groups])}\n`
}

const describeProfile = (profile: LinkProfile) => {
  const { name, title, rttMs, downBitsPerS, upBitsPerS, publisher, source } = profile
  return {
    ...{ name, title: wordsOf(title), rttMs, downBitsPerS, upBitsPerS },
    downQueueBytes: queueBytes(profile, downBitsPerS),
    upQueueBytes: queueBytes(profile, upBitsPerS),
    ...{ publisher, source, leftOut: profile.leftOut ?? null },
  }
}

function renderLinks(profiles: readonly LinkProfile[]): string {
  const rows = profiles.map(({ name, title, rttMs, downBitsPerS, upBitsPerS, publisher }) => [
    name,
    `${formatMs(rttMs)} ms`,
    formatRate(downBitsPerS),
    formatRate(upBitsPerS),
    wordsOf(title),
    publisher,
  ])
  const { name, down, up, title, publisher } = say.heads
  return `${say.links}\n${alignColumns([name, 'RTT', down, up, title, publisher], rows)}\n`
}

function describeProof({ proof }: TlsProfile): string {
  if (proof.kind === 'shared-key') return say.sharedKey
  const { key, chainBytes } = proof
  return say.chain(key, chainBytes.join(' + '))
}

function renderTlsProfiles(): string {
  const rows = TLS_PROFILES.map((profile) => [
    profile.id,
    profile.version,
    profile.groups.join(' ') || '-',
    profile.suites[0] ?? '',
    describeProof(profile),
    profile.needs === undefined ? '-' : `OpenSSL ${profile.needs.openssl.join('.')}`,
    wordsOf(profile.title),
  ])
  const { groups, suite, certificates, needs, title } = say.heads
  const head = ['id', 'TLS', groups, suite, certificates, needs, title]
  return `${say.tls}\n${alignColumns(head, rows, [groups, suite])}\n`
}

type DataFile = FleetReport['data'][number]

const SECOND_HAND = '†'

/** Plans, clouds or radio models of a fleet: the day is that of the source that was read first. */
const inWords = (file: DataFile) => ({
  ...file,
  title: wordsOf(file.title),
  note: file.note && wordsOf(file.note),
  limits: file.limits && wordsOf(file.limits),
})

function renderDataFiles(title: string, files: readonly DataFile[]): string {
  const rows = files.map(({ id, title: of, sources }) => [
    sources.some(({ secondHand }) => secondHand) ? `${id} ${SECOND_HAND}` : id,
    sources.map(({ readOn }) => readOn).toSorted()[0] ?? '',
    wordsOf(of),
    [...new Set(sources.map(({ source }) => source))].join('; '),
  ])
  const { readOn, title: titles, source } = say.heads
  const table = alignColumns(['id', readOn, titles, source], rows, [source])
  const isMarked = rows.some(([id = '']) => id.endsWith(SECOND_HAND))
  return `${title}\n${table}\n${isMarked ? `${INDENT}${say.secondHand(SECOND_HAND)}\n` : ''}`
}

const DATA = { plans: 'plan', clouds: 'cloud', radios: 'radio' } as const

/** `list`: what `run` and `fleet` can name. */
export async function listContents({ what, format }: ListArguments): Promise<void> {
  // For a script, which is not to depend on who calls it.
  if (format === 'json') speak('en')
  const isAsked = (part: ListArguments['what']): boolean => what === undefined || what === part
  const scenarios = isAsked('scenarios') ? await describeScenarios() : null
  const transports = isAsked('transports') ? await describeTransports() : null
  const links = isAsked('links') ? LINK_PROFILES : null
  const tls = isAsked('tls') ? TLS_PROFILES : null
  const kinds = (['plans', 'clouds', 'radios'] as const).filter(isAsked)
  const files = kinds.length === 0 ? [] : sourcesOf(await builtInData())
  const data = kinds.map((name) => ({
    name,
    files: files.filter(({ kind }) => kind === DATA[name]),
  }))
  if (format === 'json') {
    const contents = {
      ...(scenarios && { scenarios }),
      ...(transports && { transports }),
      ...(links && { links: links.map(describeProfile) }),
      ...(tls && { tls: tls.map((each) => ({ ...each, title: wordsOf(each.title) })) }),
      ...Object.fromEntries(data.map(({ name, files: own }) => [name, own.map(inWords)])),
    }
    await writeOutput(jsonText(contents))
    return
  }
  const parts = [
    scenarios && renderScenarios(scenarios),
    transports && renderTransports(transports),
    links && renderLinks(links),
    tls && renderTlsProfiles(),
    ...data.map(({ name, files: own }) => renderDataFiles(say[name], own)),
  ]
  await writeOutput(parts.filter((part) => part !== null).join('\n'))
}
