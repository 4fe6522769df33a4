/**
 * esbuild makes a chunk of what the same entry points reach: hundreds of files, most
 * of them smaller than what it costs to find and open one. Here chunks are put into
 * one file where that costs less over all that processes load.
 */
// As esbuild writes names, on every system.
import { dirname, join, normalize, relative } from 'node:path/posix'
import { type BuildResult, build, type Plugin } from 'esbuild'

/** What opening one more file costs, as bytes of text that would be read for nothing. */
const BYTES_PER_FILE = 2_000

/** How much a file counts that few processes load, against one of every run. */
const SELDOM = 0.05

const CLI = 'src/cli.ts'
const WORKER = 'src/worker.ts'
const LINK_PASS = 'src/load/passes/link/link-pass.ts'
const ROLES = ['src/load/commands.ts', 'src/endpoint/commands.ts', LINK_PASS]
const HANDLERS = 'src/commands/handlers/'
const RUN = `${HANDLERS}run.ts`
const CHECK = `${HANDLERS}check.ts`
const USUAL_TRANSPORTS = ['src/transports/http/http1.ts', 'src/transports/mqtt/mqttjs.ts']

/** What one kind of process loads. */
interface Load {
  /** Paths of sources. */
  entries: readonly string[]
  weight: number
}

/** Chunks that become one file. */
interface Group {
  files: readonly string[]
  bytes: number
  loads: ReadonlySet<Load>
}

/** @param lazy what is imported where it is needed */
function loadsOf(entryPoints: readonly string[], lazy: readonly string[]): Load[] {
  const isHandler = (entry: string): boolean => entry.startsWith(HANDLERS)
  const often = [
    ...entryPoints.filter((entry) => !isHandler(entry)).map((entry) => [entry]),
    ...[...entryPoints, ...lazy].filter(isHandler).map((verb) => [CLI, verb]),
    ...USUAL_TRANSPORTS.flatMap((transport) => [
      ...[RUN, CHECK].map((verb) => [CLI, verb, transport]),
      ...ROLES.map((role) => [WORKER, role, transport]),
    ]),
  ]
  return [
    ...often.map((entries) => ({ entries, weight: 1 })),
    ...lazy.map((entry) => ({ entries: [CLI, RUN, entry], weight: SELDOM })),
  ]
}

/** All that is reached from some by what `next` says of each, with themselves. */
function reach<T>(from: Iterable<T>, next: (each: T) => Iterable<T>): Set<T> {
  const found = new Set(from)
  for (const each of found) for (const further of next(each)) found.add(further)
  return found
}

const merge = (a: Group, b: Group): Group => ({
  files: [...a.files, ...b.files],
  bytes: a.bytes + b.bytes,
  loads: new Set([...a.loads, ...b.loads]),
})

function costOf({ bytes, loads }: Group): number {
  let weight = 0
  for (const load of loads) weight += load.weight
  return weight * (BYTES_PER_FILE + bytes)
}

/**
 * @param isAlone what is never put together with others: it does something when it is
 *   loaded, or is imported as a whole
 */
function groupChunks(
  groups: Iterable<Group>,
  importsOf: (file: string) => readonly string[],
  isAlone: (file: string) => boolean,
): Group[] {
  const open = new Set(groups)
  const groupOf = new Map([...open].flatMap((group) => group.files.map((file) => [file, group])))
  const needs = (group: Group): Set<Group> => {
    const found = new Set(group.files.flatMap(importsOf).flatMap((file) => groupOf.get(file) ?? []))
    found.delete(group)
    return found
  }
  /** By way of a third, which would import the two and be imported by them. */
  const needsIndirectly = (from: Group, to: Group): boolean =>
    reach(
      [...needs(from)].filter((each) => each !== to),
      needs,
    ).has(to)
  const all = () => [...new Set(groupOf.values())]
  const pairsOf = (a: Group, others: Iterable<Group>) =>
    [...others].map((b) => ({ a, b, gain: costOf(a) + costOf(b) - costOf(merge(a, b)) }))
  for (const group of open) if (group.files.some(isAlone)) open.delete(group)
  let pairs = [...open].flatMap((a, index) => pairsOf(a, [...open].slice(index + 1)))
  for (;;) {
    pairs = pairs.filter(({ a, b, gain }) => gain > 0 && open.has(a) && open.has(b))
    const best = pairs.sort((x, y) => x.gain - y.gain).pop()
    if (best === undefined) return all()
    const { a, b } = best
    if (needsIndirectly(a, b) || needsIndirectly(b, a)) continue
    const merged = merge(a, b)
    for (const file of merged.files) groupOf.set(file, merged)
    open.delete(a)
    open.delete(b)
    pairs.push(...pairsOf(merged, open))
    open.add(merged)
  }
}

/**
 * Writes what esbuild made, in fewer files.
 * @param entryPoints as esbuild was given them; each stays a file of its own
 */
export async function writeMerged(
  { metafile: { outputs }, outputFiles }: BuildResult<{ metafile: true; write: false }>,
  entryPoints: readonly string[],
): Promise<void> {
  const names = Object.keys(outputs)
  const texts = new Map(names.map((file, index) => [file, outputFiles[index]?.text ?? '']))
  const entries = new Map(names.map((file) => [outputs[file]?.entryPoint, file]))
  const importsOf = (file: string): string[] =>
    (outputs[file]?.imports ?? []).flatMap(({ path, kind, external }) =>
      kind === 'import-statement' && external !== true ? [path] : [],
    )
  entries.delete(undefined)
  const alone = new Set(entries.values())
  const lazy = [...entries.keys()].flatMap((entry = '') =>
    entryPoints.includes(entry) ? [] : [entry],
  )
  const loads = loadsOf(entryPoints, lazy).map((load) => {
    return {
      load,
      reached: reach(
        load.entries.map((entry) => {
          const file = entries.get(entry)
          if (file === undefined) throw new Error(`${entry}: nothing begins there`)
          return file
        }),
        importsOf,
      ),
    }
  })
  const bySignature = new Map<string, Group>()
  for (const [file, { length: bytes }] of texts) {
    const of = loads.filter(({ reached }) => reached.has(file))
    const group = { files: [file], bytes, loads: new Set(of.map(({ load }) => load)) }
    const key = alone.has(file) ? file : of.map((each) => loads.indexOf(each)).join()
    const same = bySignature.get(key)
    bySignature.set(key, same === undefined ? group : merge(same, group))
  }
  const groups = groupChunks(bySignature.values(), importsOf, (file) => alone.has(file))
  await writeGroups(groups, texts, (file) => outputs[file]?.exports ?? [])
}

/** One file for each group, named as the first of its chunks. */
async function writeGroups(
  groups: readonly Group[],
  texts: ReadonlyMap<string, string>,
  exportsOf: (file: string) => readonly string[],
): Promise<void> {
  const chunksOf = new Map(groups.flatMap(({ files }) => files.map((file) => [file, files])))
  const fileOf = (chunk: string): string => chunksOf.get(chunk)?.[0] ?? chunk
  /** `a as a$1`, where a group has several chunks that may each export an `a`. */
  const exportsIn = (chunk: string, toLeft: boolean): string => {
    const chunks = chunksOf.get(chunk) ?? []
    const suffix = chunks.length > 1 ? `$${chunks.indexOf(chunk)}` : ''
    const names = exportsOf(chunk).map((name) => {
      return toLeft ? `${name}${suffix} as ${name}` : `${name} as ${name}${suffix}`
    })
    return `{ ${names.join()} }`
  }
  const plugin: Plugin = {
    name: 'chunks that become one file',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, importer, kind, namespace }) => {
        // It has a `./` before it where an earlier build has left such a file.
        if (kind === 'entry-point') return { path: normalize(path), namespace: 'group' }
        if (!path.startsWith('.') || namespace === 'other group') return { path, external: true }
        const chunk = join(dirname(importer), path)
        if (fileOf(chunk) === fileOf(importer)) return { path: chunk, namespace: 'chunk' }
        const from = `./${relative(dirname(fileOf(importer)), fileOf(chunk))}`
        if (kind === 'dynamic-import') return { path: from, external: true }
        return { path: `${from} ${chunk}`, namespace: 'other group' }
      })
      onLoad({ filter: /.*/, namespace: 'group' }, ({ path }) => {
        const chunks = chunksOf.get(path)
        if (chunks === undefined) return null
        const contents =
          chunks.length === 1
            ? texts.get(path)
            : chunks
                .map(
                  (chunk) =>
                    `export ${exportsIn(chunk, false)} from './${relative(dirname(path), chunk)}'`,
                )
                .join('\n')
        return { contents: contents ?? '' }
      })
      onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path }) => ({
        contents: texts.get(path) ?? '',
      }))
      onLoad({ filter: /.*/, namespace: 'other group' }, ({ path }) => {
        const [from = '', chunk = ''] = path.split(' ')
        return { contents: `export ${exportsIn(chunk, true)} from '${from}'` }
      })
    },
  }
  await build({
    entryPoints: groups.map(({ files: [file = ''] }) => ({
      in: file,
      out: file.replace(/\.js$/, ''),
    })),
    outdir: '.',
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    logLevel: 'warning',
    plugins: [plugin],
  })
}
