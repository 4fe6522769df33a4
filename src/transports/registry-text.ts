import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { groupsOf, type Transport } from './transport.ts'

const FOLDER = dirname(fileURLToPath(import.meta.url))
/** A transport where it was found. */
export interface FoundTransport {
  readonly transport: Transport
  /** As it is imported from this folder: `./http/http1.ts`. */
  readonly file: string
  readonly exportName: string
}

/**
 * Every transport that a file in the folder of a family exports, in the order of
 * tables. Which files those are is seen by loading them all: what a transport
 * needs it imports when it serves or connects.
 * @throws Error where two would be taken for each other
 */
export async function findTransports(): Promise<FoundTransport[]> {
  const found: FoundTransport[] = []
  for (const file of listFamilyFiles()) {
    const exported: Record<string, unknown> = await import(pathToFileURL(join(FOLDER, file)).href)
    for (const [exportName, value] of Object.entries(exported)) {
      if (isTransport(value)) found.push({ transport: value, file: `./${file}`, exportName })
    }
  }
  refuseTwins(found, 'id', ({ id }) => id)
  refuseTwins(found, 'order', ({ listing }) => listing.order)
  return found.sort((a, b) => a.transport.listing.order - b.transport.listing.order)
}

/** The text of `registry-index.ts`: a line each, so that a new transport is one line of a diff. */
export function renderRegistry(found: readonly FoundTransport[]): string {
  return `// Written by \`npm run registry\` from what the transports say of themselves; a test holds it against them.
import type { RegistryEntry } from './registry-entry.ts'

/** Every transport, in the order of tables. Its file is loaded when it is used. */
export const REGISTRY: readonly RegistryEntry[] = [
${found.map(renderEntry).join('\n')}
]
`
}

/** Files of families: those of this folder itself are shared by all. */
function listFamilyFiles(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.includes('/') && /(?<!\.test|\.d)\.ts$/.test(file))
    .sort()
}

function isTransport(value: unknown): value is Transport {
  if (typeof value !== 'object' || value === null) return false
  const { id, listing, serve, connect } = value as Partial<Transport>
  return (
    typeof id === 'string' &&
    typeof listing === 'object' &&
    typeof serve === 'function' &&
    typeof connect === 'function'
  )
}

function refuseTwins(
  found: readonly FoundTransport[],
  what: string,
  read: (transport: Transport) => string | number,
): void {
  const holders = new Map<string | number, FoundTransport>()
  for (const each of found) {
    const value = read(each.transport)
    const other = holders.get(value)
    if (other !== undefined) {
      throw new Error(
        `${each.exportName} of ${each.file} and ${other.exportName} of ${other.file} have the same ${what}, ${value}; change one`,
      )
    }
    holders.set(value, each)
  }
}

function renderEntry({ transport, file, exportName }: FoundTransport): string {
  const { id, title, traits, listing, libraries = [] } = transport
  const { groups, counterpartOf } = listing
  const told = {
    id,
    title,
    traits,
    groups: groupsOf(traits, groups),
    libraries,
    ...(counterpartOf !== undefined && { counterpartOf }),
  }
  const load = `async () => (await import('${file}')).${exportName}`
  return `  { ${renderFields(told)}, load: ${load} },`
}

const renderFields = (record: object): string =>
  Object.entries(record)
    .map(([name, value]) => `${/^\w+$/.test(name) ? name : `'${name}'`}: ${renderInline(value)}`)
    .join(', ')

function renderInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderInline).join(', ')}]`
  if (typeof value === 'object' && value !== null) return `{ ${renderFields(value)} }`
  if (typeof value !== 'string') return String(value)
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')
  return value.includes("'") && !value.includes('"')
    ? JSON.stringify(value)
    : `'${escaped.replaceAll("'", "\\'")}'`
}
