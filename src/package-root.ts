import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE_NAME = 'mqtt-vs-http'

function readManifest(directory: string): { name?: unknown; version?: unknown } | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  } catch {
    return null
  }
}

function findPackageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url))
  while (readManifest(directory)?.name !== PACKAGE_NAME) {
    const parent = dirname(directory)
    if (parent === directory) throw new Error(`package.json of ${PACKAGE_NAME} is missing`)
    directory = parent
  }
  return directory
}

/** The folder that holds package.json, scenarios/ and schemas/; the same from src/ and from dist/. */
export const packageRoot: string = findPackageRoot()

/** The version in package.json. */
export function readPackageVersion(): string {
  return String(readManifest(packageRoot)?.version ?? '0.0.0')
}
