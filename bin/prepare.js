/**
 * What npm runs of its own accord: in a clone after `npm install`, of a git
 * reference, and by `npx` in a clone, which links the folder into a place of its own;
 * and before the tests. It builds where that can be and is not done already; where it
 * cannot, that is no reason for npm to fail, and the command itself says what is
 * missing.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isBuilt } from './sources.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @returns why it is not built, or null */
function findObstacle() {
  try {
    accessSync(root, constants.W_OK)
  } catch {
    return 'the folder may not be written to'
  }
  try {
    createRequire(import.meta.url).resolve('esbuild')
  } catch {
    return 'what it is built with is left out (npm --omit=dev)'
  }
  return null
}

const obstacle = findObstacle()
if (isBuilt(root)) {
  process.stderr.write('dist is built of these sources already\n')
} else if (obstacle === null) {
  const { status } = spawnSync('npm', ['run', 'build'], {
    cwd: root,
    stdio: 'inherit',
    // npm is a script there.
    shell: process.platform === 'win32',
  })
  process.exitCode = status ?? 1
} else {
  process.stderr.write(`mqtt-vs-http is not built: ${obstacle}\n`)
}
