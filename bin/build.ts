/**
 * `npm run build`: bundles `src` into `dist`. A command that reads 400 files of
 * ours, and as many of libraries, spends more on finding and opening them than on
 * the measurement.
 *
 * All packages go into it, those that speak on the wire too, with the versions that a
 * report names: fastify alone is 120 files. `dependencies` are what the types of the
 * library surface name. Code is split where it is imported lazily, so that what a
 * command does not use it does not load.
 */
// Before what is signed with is asked for its exports.
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { KNOWN_NAMES } from '../src/plan/known-names.ts'
import { protocolLibraries } from '../src/runner/libraries.ts'
import { parseScenario } from '../src/scenario/parse-scenario.ts'
import { writeMerged } from './merge-chunks.ts'
import { FILE_PREFIX, FILES, namedExports, requiredFiles } from './packages.ts'
import { digestFile, digestOfSources } from './sources.js'

/** Of what was there before it was read. */
const sources = digestOfSources('.')
const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
/** A handler is where the code of its command begins. */
const verbs = readdirSync('src/commands').filter((name) => name.endsWith('.ts'))

const SHARED = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} as const

const entryPoints = [
  'src/cli.ts',
  'src/index.ts',
  'src/worker.ts',
  'src/tap/reading/read-thread.ts',
  'src/wire/capture/accounts/account-thread.ts',
  'src/terminal/stop-signals.ts',
  ...verbs.map((verb) => `src/commands/handlers/${verb}`).filter((file) => existsSync(file)),
]
const program = await build({
  ...SHARED,
  entryPoints,
  write: false,
  outdir: 'dist',
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
  define: {
    BUILT_IN_PACKAGES: JSON.stringify(FILE_PREFIX),
  },
  // What lays out help measures by ours: theirs takes 15 ms of every start to make ready.
  alias: { 'string-width': './src/terminal/string-width.ts' },
  plugins: [requiredFiles, namedExports(Object.keys(devDependencies))],
  // CommonJS in the bundle requires modules of Node, and what may be missing.
  banner: {
    js: "const require = (id) => process.getBuiltinModule(id) ?? process.getBuiltinModule('module').createRequire(import.meta.url)(id);",
  },
})
await writeMerged(program, entryPoints)
const lazy = await build({
  ...SHARED,
  entryPoints: FILES.map((name) => ({ in: name, out: name })),
  outdir: 'dist/packages',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
})
const written = { libraries: protocolLibraries(), scenarios: parseScenarios('scenarios') }
for (const [name, content] of Object.entries(written)) {
  writeFileSync(`dist/packages/${name}.cjs`, `module.exports = ${JSON.stringify(content)}\n`)
}
writeFileSync(
  'dist/licences.txt',
  licencesOf({ ...program.metafile.inputs, ...lazy.metafile.inputs }),
)
writeFileSync(digestFile('.'), sources)

/** What is copied into the bundle is copied with its licence. */
function licencesOf(inputs: Metafile['inputs']): string {
  const folders = Object.keys(inputs).flatMap(
    (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  )
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    )
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    return `${name} ${version} (${license})\n${text}`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

/** What each scenario file of a folder says, in JSON, by its text. */
function parseScenarios(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Object.fromEntries(
    files
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => {
        const source = readFileSync(join(folder, file), 'utf8')
        const parsed = parseScenario(source, file, KNOWN_NAMES)
        const text = JSON.stringify(parsed)
        assert.deepEqual(JSON.parse(text), parsed)
        return [source, text]
      }),
  )
}
