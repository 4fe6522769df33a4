import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { writtenByBuild } from '../model/lazy-package.ts'
import { LIBRARY_NAMES } from '../transports/registry.ts'

/** What makes the endpoint's certificate, which every TLS handshake carries. */
const CERTIFICATE_LIBRARY = '@peculiar/x509'

/** The version of each library that decides what crosses the wire: part of the instrument. */
export function protocolLibraries(): Readonly<Record<string, string>> {
  const builtIn = writtenByBuild('libraries')
  if (builtIn !== null) return builtIn
  const names = [CERTIFICATE_LIBRARY, ...LIBRARY_NAMES].sort()
  return Object.fromEntries(names.map((name) => [name, installedVersion(name)]))
}

/** Reads a dependency's version beside its entry point: most packages do not export their package.json. */
function installedVersion(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name))
  while (folder !== dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (manifest.name === name) return String(manifest.version)
    } catch {
      // No manifest on this level: look one up.
    }
    folder = dirname(folder)
  }
  throw new Error(`${name} has no package.json`)
}
