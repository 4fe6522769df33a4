import { createRequire } from 'node:module'

/** Packages that few runs need, and that are then needed at once, where nothing can wait for an `import`. */
export const LAZY_PACKAGES = [
  '@msgpack/msgpack',
  'cbor2',
  'hdr-histogram-js',
  'protobufjs',
] as const

/** Where the build has put them, each as one file; `imports` of `package.json` says what that is. */
declare const BUILT_IN_PACKAGES: string | undefined

const load = createRequire(import.meta.url)

/**
 * What the build has written there too, by name: versions of libraries, scenarios that
 * come with the package as JSON by their text. Null where it runs from sources.
 */
export const writtenByBuild = (
  file: 'libraries' | 'scenarios',
): Readonly<Record<string, string>> | null =>
  typeof BUILT_IN_PACKAGES === 'undefined' ? null : load(BUILT_IN_PACKAGES + file)

const loadPackage = (name: (typeof LAZY_PACKAGES)[number]) =>
  load(typeof BUILT_IN_PACKAGES === 'undefined' ? name : BUILT_IN_PACKAGES + name)

export const cbor = (): typeof import('cbor2') => loadPackage('cbor2')
export const hdr = (): typeof import('hdr-histogram-js') => loadPackage('hdr-histogram-js')
export const msgpack = (): typeof import('@msgpack/msgpack') => loadPackage('@msgpack/msgpack')
export const protobuf = (): typeof import('protobufjs') => loadPackage('protobufjs')
