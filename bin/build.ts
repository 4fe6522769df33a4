/**
 * `npm run build`: bundles `src` into `dist`. A command that reads 400 files of
 * ours, and as many of libraries, spends more on finding and opening them than on
 * the measurement.
 *
 * `devDependencies` go into the bundle, those that speak on the wire too, with the
 * versions that a report names: fastify alone is 120 files. What is in `dependencies`
 * stays a package of its own. Code is split where it is imported lazily, so that what
 * a command does not use it does not load.
 */
// Before what is signed with is asked for its exports.
import 'reflect-metadata'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { protocolLibraries } from '../src/runner/libraries.ts'
import { namedExports } from './named-exports.ts'
import { digestFile, digestOfSources } from './sources.js'

/** For the types of the library surface; the bundle has its own. */
const BUNDLED_DEPENDENCIES: readonly string[] = ['zod']

/** Of what was there before it was read. */
const sources = digestOfSources('.')
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
/** A handler is where the code of its command begins. */
const verbs = readdirSync('src/commands').filter((name) => name.endsWith('.ts'))

const { metafile } = await build({
  entryPoints: [
    'src/cli.ts',
    'src/index.ts',
    'src/worker.ts',
    'src/tap/reading/read-thread.ts',
    'src/wire/capture/accounts/account-thread.ts',
    'src/terminal/stop-signals.ts',
    ...verbs.map((verb) => `src/commands/handlers/${verb}`).filter((file) => existsSync(file)),
  ],
  outdir: 'dist',
  outbase: 'src',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: Object.keys(dependencies).filter((name) => !BUNDLED_DEPENDENCIES.includes(name)),
  define: { BUILT_IN_LIBRARIES: JSON.stringify(protocolLibraries()) },
  plugins: [namedExports(Object.keys(devDependencies))],
  // CommonJS in the bundle requires modules of Node, and what may be missing.
  banner: {
    js: "const require = (id) => process.getBuiltinModule(id) ?? process.getBuiltinModule('module').createRequire(import.meta.url)(id);",
  },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
})
writeFileSync('dist/licences.txt', licencesOf(metafile))
writeFileSync(digestFile('.'), sources)

/** What is copied into the bundle is copied with its licence. */
function licencesOf({ inputs }: Metafile): string {
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
