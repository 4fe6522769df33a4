import { arch, cpus, platform, release, totalmem } from 'node:os'
import { ZLIB } from '../model/report/check/version-bytes.ts'
import type { Environment } from '../model/report/report.ts'
import type { Pinning } from '../system/pinning.ts'
import { protocolLibraries } from './libraries.ts'

export function describeEnvironment(pinning: Pinning): Environment {
  const processors = cpus()
  const libraries: Record<string, string> = { ...protocolLibraries() }
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
