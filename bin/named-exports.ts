import type { Plugin } from 'esbuild'

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
