import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { ZLIB } from '../model/report/check/baseline.ts'
import type { Environment } from '../model/report/report.ts'
import type { Pinning } from '../system/pinning.ts'
import { LIBRARY_NAMES } from '../transports/registry.ts'

/** What makes the endpoint's certificate, which every TLS handshake carries. */
const CERTIFICATE_LIBRARY = '@peculiar/x509'

/** The libraries that decide what crosses the wire: part of the instrument. */
const PROTOCOL_LIBRARIES: readonly string[] = [CERTIFICATE_LIBRARY, ...LIBRARY_NAMES].sort()

export function describeEnvironment(pinning: Pinning): Environment {
  const processors = cpus()
  const libraries: Record<string, string> = {}
  for (const name of PROTOCOL_LIBRARIES) libraries[name] = installedVersion(name)
  // `fetch` is Node's own copy, whatever version of undici drives its connections.
  libraries['undici (in Node, fetch)'] = process.versions.undici ?? 'unknown'
  libraries[ZLIB] = process.versions.zlib ?? 'unknown'
  libraries['nghttp2 (in Node, http2)'] = process.versions.nghttp2 ?? 'unknown'
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    cpuModel: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryBytes: totalmem(),
    node: process.versions.node,
    openssl: process.versions.openssl ?? 'none',
    libraries,
    pinning,
    tcpNoDelay: true,
  }
}

/** Reads a dependency's version beside its entry point: most packages do not export their package.json. */
function installedVersion(name: string): string {
  const require = createRequire(import.meta.url)
  let folder: string
  try {
    folder = dirname(require.resolve(name))
  } catch {
    return 'unknown'
  }
  while (folder !== dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (manifest.name === name) return String(manifest.version)
    } catch {
      // No manifest on this level: look one up.
    }
    folder = dirname(folder)
  }
  return 'unknown'
}
