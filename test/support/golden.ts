import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url))

/** `UPDATE_GOLDEN=1` writes what is rendered; read it before it is committed. */
export function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  expect(text).toBe(readFileSync(path, 'utf8'))
}
