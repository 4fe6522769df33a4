import type { Plugin } from 'esbuild'
import { LAZY_PACKAGES } from '../src/model/lazy-package.ts'

/** What fastify requires where it is asked for: half of its code, and unused here. */
const UNUSED_BY_FASTIFY = [
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'light-my-request',
  'pino',
]

/** Packages that become a file each, which is read when it is first required. */
export const FILES: readonly string[] = [...LAZY_PACKAGES, ...UNUSED_BY_FASTIFY]

/** How such a file is called; `imports` of `package.json` says where it is. */
export const FILE_PREFIX = '#built-in/'

export const requiredFiles: Plugin = {
  name: 'packages that are a file each',
  setup(build) {
    build.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) =>
      kind === 'require-call' && FILES.includes(path)
        ? { path: FILE_PREFIX + path, external: true }
        : null,
    )
  },
}

/**
 * A CommonJS package that is imported lazily: esbuild hands out its default alone,
 * Node its named exports too.
 */
export const namedExports = (packages: readonly string[]): Plugin => ({
  name: 'named exports',
  setup(build) {
    build.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) =>
      kind === 'dynamic-import' && packages.includes(path)
        ? { path, namespace: 'lazy-package' }
        : null,
    )
    build.onLoad({ filter: /.*/, namespace: 'lazy-package' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'module.exports')
      return { contents: `export { ${names} } from '${path}'`, resolveDir: '.' }
    })
  },
})
