import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { HEAP_GROWTH } from './heap-growth.ts'

it('asks V8 for something that it knows: of what it does not know it says nothing', () => {
  const [name] = HEAP_GROWTH.split('=')
  expect(execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })).toContain(name)
})
