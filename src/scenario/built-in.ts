import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** The published comparison, in its order: what `all` stands for. */
export const COMPARISON_SCENARIOS = ['single-reading', 'json', 'batch-1000', 'stream-1000'] as const

/** Run by name alone: other questions, and mostly on other transports. */
const FURTHER_SCENARIOS = [
  'authenticated',
  'cold-start',
  'command-delivery',
  'encodings',
  'fan-out',
  'tls-profiles',
  'payload-sizes',
] as const

/** What others measured or claimed, each with its set-up and its figures as claims: what `published` stands for. */
export const PUBLISHED_SCENARIOS = [
  'esp8266',
  'ncsu-100',
  'ncsu-10240',
  'ncsu-1mb',
  'ncsu-10mb',
  'ncsu-http',
  'emulab',
  'emulab-frames',
  'emulab-ping',
  'disk91',
  'verne',
  'hatena',
  'devicewise',
  'devicewise-ping',
  'advantech',
  'pushy',
  'bashcat',
  'two-bytes',
  'emqx',
  'hologram',
] as const

/** The scenarios that come with the package. */
export const BUILT_IN_SCENARIOS = [...COMPARISON_SCENARIOS, ...FURTHER_SCENARIOS] as const

export function builtInFile(name: string): string {
  return join(packageRoot, 'scenarios', `${name}.yaml`)
}
