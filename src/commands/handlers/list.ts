import { drawColumns } from '../../export/document/draw-table.ts'
import { jsonText } from '../../export/document/json-text.ts'
import { formatMs, formatRate } from '../../export/report/links/link-text.ts'
import { type LinkProfile, queueBytes } from '../../model/link/profile.ts'
import { LINK_PROFILES } from '../../model/link/profiles.ts'
import type { ScenarioFile } from '../../model/scenario/scenario.ts'
import { speak } from '../../model/text/language.ts'
import { wordsOf } from '../../model/text/wording.ts'
import type { TlsProfile } from '../../model/tls/profile.ts'
import { TLS_PROFILES } from '../../model/tls/profiles.ts'
import { KNOWN_NAMES } from '../../plan/known-names.ts'
import { BUILT_IN_SCENARIOS } from '../../scenario/built-in.ts'
import { loadScenarios } from '../../scenario/load.ts'
import { writeOutput } from '../../terminal/output.ts'
import { listTransports, loadTransport } from '../../transports/registry.ts'
import type { ListArguments } from '../flags/list.ts'

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
  return (await transport.availability?.(transport.parseOptions({}))) ?? null
}

async function describeTransports() {
  const listed = listTransports()
  return Promise.all(
    listed.map(async ({ id, title, traits, groups }) => ({
      id,
      title,
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

function alignColumns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const aligns = head.map((name) => (/^(messages|bytes)$/.test(name) ? 'right' : 'left'))
  const lines = drawColumns([head, ...rows], aligns)
  return lines.map((line) => `  ${line}`).join('\n')
}

const describeFlow = ({ flow, subscribers }: { flow: string; subscribers?: number[] }): string =>
  subscribers === undefined ? flow : `${flow} to ${subscribers.join(', ')}`

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
  return `scenarios\n${alignColumns(['name', 'flow', 'messages', 'bytes', 'title'], rows)}\n`
}

const describeNeed = (needs: string, missing: string | null): string =>
  `${needs} (${missing === null ? 'here' : 'not here'})`

function renderTransports(transports: Awaited<ReturnType<typeof describeTransports>>): string {
  const rows = transports.map((transport) => [
    transport.id,
    transport.client,
    transport.completion,
    transport.flows.join(','),
    transport.groups.join(','),
    transport.needs === null ? '-' : describeNeed(transport.needs, transport.missing),
    transport.title,
  ])
  const head = ['id', 'client', 'completion', 'flows', 'groups', 'needs', 'title']
  return `transports\n${alignColumns(head, rows)}\n`
}

const describeProfile = (profile: LinkProfile) => {
  const {
    name,
    title,
    rttMs,
    downBitsPerS,
    upBitsPerS,
    publisher,
    source,
    leftOut = null,
  } = profile
  const [downQueueBytes, upQueueBytes] = [downBitsPerS, upBitsPerS].map((rate) =>
    queueBytes(profile, rate),
  )
  return {
    name,
    title,
    rttMs,
    downBitsPerS,
    upBitsPerS,
    downQueueBytes,
    upQueueBytes,
    publisher,
    source,
    leftOut,
  }
}

function renderLinks(profiles: readonly LinkProfile[]): string {
  const rows = profiles.map(({ name, title, rttMs, downBitsPerS, upBitsPerS, publisher }) => [
    name,
    `${formatMs(rttMs)} ms`,
    formatRate(downBitsPerS),
    formatRate(upBitsPerS),
    title,
    publisher,
  ])
  return `links\n${alignColumns(['name', 'RTT', 'down', 'up', 'title', 'published by'], rows)}\n`
}

function describeProof({ proof }: TlsProfile): string {
  if (proof.kind === 'shared-key') return 'a shared key'
  const { key, chainBytes } = proof
  return `${key}, ${chainBytes.join(' + ')} bytes`
}

function renderTlsProfiles(): string {
  const rows = TLS_PROFILES.map((profile) => [
    profile.id,
    profile.version,
    profile.groups.join(' ') || '-',
    profile.suites[0] ?? '',
    describeProof(profile),
    profile.needs === undefined ? '-' : `OpenSSL ${profile.needs.openssl.join('.')}`,
    profile.title,
  ])
  const head = ['id', 'TLS', 'groups', 'first suite', 'certificates', 'needs', 'title']
  return `TLS profiles\n${alignColumns(head, rows)}\n`
}

/** `list`: what `run` can name. */
export async function listContents({ what, format }: ListArguments): Promise<void> {
  // For a script, which is not to depend on who calls it.
  if (format === 'json') speak('en')
  const isAsked = (part: ListArguments['what']): boolean => what === undefined || what === part
  const scenarios = isAsked('scenarios') ? await describeScenarios() : null
  const transports = isAsked('transports') ? await describeTransports() : null
  const links = isAsked('links') ? LINK_PROFILES : null
  const tls = isAsked('tls') ? TLS_PROFILES : null
  if (format === 'json') {
    const contents = {
      ...(scenarios && { scenarios }),
      ...(transports && { transports }),
      ...(links && { links: links.map(describeProfile) }),
      ...(tls && { tls }),
    }
    await writeOutput(jsonText(contents))
    return
  }
  const parts = [
    scenarios && renderScenarios(scenarios),
    transports && renderTransports(transports),
    links && renderLinks(links),
    tls && renderTlsProfiles(),
  ]
  await writeOutput(parts.filter((part) => part !== null).join('\n'))
}
