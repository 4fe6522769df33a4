import { InstrumentError } from '../../model/errors.ts'
import { findProgram } from './find-program.ts'

/** What a network namespace is made with, by path. */
export interface NamespacePrograms {
  unshare: string
  nsenter: string
  ip: string
}

const PACKAGE_OF: Record<keyof NamespacePrograms, string> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
}

/** @throws InstrumentError `namespace-unavailable`, naming what is missing and what has it */
export function findNamespacePrograms(platform: string = process.platform): NamespacePrograms {
  if (platform !== 'linux') {
    throw unavailable(`network namespaces exist on Linux only, this is ${platform}`)
  }
  return { unshare: find('unshare'), nsenter: find('nsenter'), ip: find('ip') }
}

function find(name: keyof NamespacePrograms): string {
  const path = findProgram(name)
  if (path !== null) return path
  throw unavailable(`${name} is not installed: apt install ${PACKAGE_OF[name]}`)
}

export const unavailable = (reason: string): InstrumentError =>
  new InstrumentError('namespace-unavailable', reason)
