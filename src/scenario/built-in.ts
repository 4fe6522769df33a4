import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** The published comparison, in its order: what `all` stands for. */
export const COMPARISON_SCENARIOS = ['single-reading', 'json', 'batch-1000', 'stream-1000'] as const

/** The scenarios that come with the package. Those beside the comparison are run where they are named. */
export const BUILT_IN_SCENARIOS = [...COMPARISON_SCENARIOS, 'command-delivery'] as const

export function builtInFile(name: string): string {
  return join(packageRoot, 'scenarios', `${name}.yaml`)
}
