import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** The scenarios that come with the package, in the order of the published comparison. */
export const BUILT_IN_SCENARIOS = ['single-reading', 'json', 'batch-1000', 'stream-1000'] as const

export function builtInFile(name: string): string {
  return join(packageRoot, 'scenarios', `${name}.yaml`)
}
