import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  processesNamed,
  readReport,
  root,
  startCommand,
  temporaryFolder,
} from './support/command.ts'

const SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const

const dataModule = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`

/** Has the command sent that signal at the instant that a module of its own begins to load. */
function signalAtLoadOf(module: string, name: string): NodeJS.ProcessEnv {
  const hooks = `
    export async function load(url, context, next) {
      if (url.endsWith(${JSON.stringify(module)})) process.kill(process.pid, '${name}')
      return next(url, context)
    }`
  const preload = `
    import { register } from 'node:module'
    register(${JSON.stringify(dataModule(hooks))})`
  return { NODE_OPTIONS: `--import=${dataModule(preload)}` }
}

describe('a signal while the command is loading', () => {
  it.each(SIGNALS)('%s stops it with %i', async (name, exit) => {
    using folder = temporaryFolder()
    const out = join(folder.path, 'out')
    const run = await startCommand(['run', 'all', '--quick', '--out', out], {
      env: signalAtLoadOf('/dist/cli.js', name),
    }).ended
    expect([run.code, run.signal], run.stderr).toEqual([exit, null])
    // Node 26 loads without a turn of its loop: there the signal is seen when the run has begun.
    if (existsSync(join(out, 'report.json'))) expect(readReport(out).partial).toBe(true)
    expect(processesNamed(join(root, 'dist', 'worker.js'))).toEqual([])
  })

  it.each(SIGNALS)('%s is heeded with %i by a command that starts nothing', async (name, exit) => {
    const run = await startCommand(['list'], {
      env: signalAtLoadOf('/dist/commands/handlers/list.js', name),
    }).ended
    expect([run.code, run.signal], run.stderr).toEqual([exit, null])
  })
})

it.each(SIGNALS)(
  '%s stops in order, and the second ends the process at once',
  async (name, exit) => {
    const script = `
    import { catchSignals, listenForStop } from 'file://${root}/dist/terminal/stop-signals.js'
    catchSignals()
    const stop = listenForStop()
    stop.signal.addEventListener('abort', () => console.log(stop.exitCode(), stop.signal.reason.message))
    setInterval(() => {}, 1000)
    console.log('ready')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(child.stdout, 'data')
      child.kill(name)
      const [said] = await once(child.stdout, 'data')
      expect(String(said)).toBe(`${exit} stopped by ${name}\n`)
      const ended = once(child, 'exit')
      child.kill(name)
      expect(await ended).toEqual([null, name])
    } finally {
      child.kill('SIGKILL')
    }
  },
)
