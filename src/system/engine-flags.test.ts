import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { HEAP_GROWTH, NO_WASM_TIERS } from './engine-flags.ts'

const runNode = (args: readonly string[]): string =>
  execFileSync(process.execPath, args, { encoding: 'utf8' })

it('asks V8 for what it knows: of what it does not know it says nothing', () => {
  const known = runNode(['--v8-options'])
  for (const flag of [HEAP_GROWTH, ...NO_WASM_TIERS.split(' ')]) {
    const [name = ''] = flag.replace('--no-', '--').split('=')
    expect(known).toContain(`${name} (`)
  }
})

describe('the parser of responses', () => {
  const FETCHES = `
    import { createServer } from 'node:http'
    import { once } from 'node:events'
    import { setFlagsFromString } from 'node:v8'
    setFlagsFromString(process.argv[1] ?? '')
    const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = 'http://127.0.0.1:' + server.address().port
    for (let sent = 0; sent < 200; sent += 1) await (await fetch(url)).text()
    server.close()
  `
  const isOptimised = (...flags: readonly string[]): boolean => {
    const tracing = ['--trace-wasm-compilation-times', '--input-type=module', '-e', FETCHES]
    return runNode([...tracing, '--', ...flags]).includes('using TurboFan, took')
  }

  it('is optimised by V8 if it is let', () => {
    expect(isOptimised()).toBe(true)
  })

  it('is left as it was compiled first where both tiers are off', () => {
    expect(isOptimised(NO_WASM_TIERS)).toBe(false)
  })
})
