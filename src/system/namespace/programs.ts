import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { InstrumentError } from '../../model/errors.ts'
import { type Said, said } from '../../model/said/said.ts'
import { installLine, type Packages } from '../install-line.ts'

/** Where `ip` lies on systems that keep it off an ordinary user's PATH. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin']

/** What a network namespace is made with, by path. */
export interface NamespacePrograms {
  unshare: string
  nsenter: string
  ip: string
}

/** One package, which every distribution of Linux calls alike. */
const everywhere = (name: string): Packages => ({ apt: name, apk: name, dnf: name, pacman: name })

const PACKAGES_OF: Record<keyof NamespacePrograms | 'iptables', Packages> = {
  unshare: everywhere('util-linux'),
  nsenter: everywhere('util-linux'),
  ip: { ...everywhere('iproute2'), dnf: 'iproute' },
  iptables: everywhere('iptables'),
}

/** @throws InstrumentError `namespace-unavailable`, naming what is missing and what has it */
export function findNamespacePrograms(platform: string = process.platform): NamespacePrograms {
  if (platform !== 'linux') {
    throw unavailable(said('linuxOnly', { platform }))
  }
  return {
    unshare: requireProgram('unshare'),
    nsenter: requireProgram('nsenter'),
    ip: requireProgram('ip'),
  }
}

/** @throws InstrumentError `namespace-unavailable`, saying what installs it */
export function requireProgram(name: keyof typeof PACKAGES_OF): string {
  const path = findProgram(name)
  if (path !== null) return path
  throw unavailable(said('notInstalled', { name, install: installLine(PACKAGES_OF[name]) }))
}

/** The path of a program that can be run, or null where there is none. */
function findProgram(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]) {
    if (folder === '') continue
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null
}

export const unavailable = (reason: Said): InstrumentError =>
  new InstrumentError('namespace-unavailable', reason)
