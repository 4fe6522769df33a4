import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { expect } from 'vitest'
import { type Report, reportSchema } from '../../src/model/report/report.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const bin = join(root, 'bin', 'mqtt-vs-http.js')

/** Without what packets add: that takes network namespaces, and is held in tests of its own. */
export const BYTES_ONLY = ['--measure', 'bytes', '--link-bytes', 'off'] as const

export interface CommandResult {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface RunningCommand {
  child: ChildProcess
  ended: Promise<CommandResult>
  /** Resolves with what matches when it has been printed on stderr. */
  printed(text: string | RegExp): Promise<RegExpExecArray | [string]>
}

/** Starts the built command as a user would, from an empty folder unless told otherwise. */
export function startCommand(
  args: readonly string[],
  options: {
    cwd?: string
    env?: NodeJS.ProcessEnv
    /** What `ulimit` is given first. */
    limits?: string
    /** Which Node runs it; this one if left out. */
    node?: string
    /** What leads into the namespace where it is to run. */
    enter?: readonly string[]
  } = {},
): RunningCommand {
  const { limits, enter = [], node = process.execPath } = options
  const limited = limits === undefined ? [] : ['sh', '-c', `ulimit ${limits} && exec "$0" "$@"`]
  const [program = node, ...words] = [...enter, ...limited, node, bin, ...args]
  const child = spawn(program, words, {
    cwd: options.cwd ?? root,
    // A test that waits for a step is to see each.
    env: { ...process.env, MQTT_VS_HTTP_PROGRESS: 'lines', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const watchers: (() => void)[] = []
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
    for (const watcher of watchers) watcher()
  })
  const ended = new Promise<CommandResult>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  const printed = (text: string | RegExp): Promise<RegExpExecArray | [string]> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = typeof text === 'string' ? stderr.includes(text) : text.exec(stderr)
        if (found === true) resolve([text as string])
        else if (found) resolve(found)
      }
      watchers.push(look)
      look()
      void ended.then(() => reject(new Error(`ended without printing ${text}:\n${stderr}`)))
    })
  return { child, ended, printed }
}

/** Processes that wait for a command line; each carries out one at a time. */
const idleHosts: ChildProcess[] = []

/**
 * Carries out a command line in a process that has loaded the built command
 * already and keeps it for the next: starting and loading is most of what a short
 * run costs. For tests of what a command does; how it starts, ends and takes
 * signals is shown with `startCommand`.
 */
export function runCommand(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  const host = idleHosts.pop() ?? startHost()
  host.ref()
  host.channel?.ref()
  return new Promise((resolve, reject) => {
    host.once('error', reject)
    host.once('exit', (code, signal) =>
      reject(new Error(`the process of ${args.join(' ')} ended: ${code ?? signal}`)),
    )
    host.once('message', (result: CommandResult) => {
      host.removeAllListeners()
      idleHosts.push(host)
      host.unref()
      host.channel?.unref()
      resolve(result)
    })
    host.send({ args, cwd: options.cwd ?? root, env: options.env ?? {} })
  })
}

function startHost(): ChildProcess {
  const file = join(root, 'test', 'support', 'command-host.mjs')
  // Pipes, as a command has that is started: what it prints depends on whether that is a terminal.
  const host = fork(file, { execArgv: [], silent: true })
  host.stderr?.pipe(process.stderr)
  return host
}

/** A folder of the test's own, removed when the test's scope ends. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mqtt-vs-http-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function readReport(folder: string): Report {
  return reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')))
}

export function readCsv(folder: string, name: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, name), 'utf8'), { columns: true })
}

/** Processes whose command line has this text, this one aside. */
export function processesNamed(text: string): number[] {
  return runningProcesses()
    .filter(({ args }) => args.includes(text))
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && isOfThisFile(pid))
}

/** What runs, from `/proc`; one that has ended and was not yet waited for has no arguments any more. */
function runningProcesses(): { pid: number; parent: number; args: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim()
        return [{ pid: Number(name), parent, args }]
      } catch {
        // It has ended meanwhile.
        return []
      }
    })
}

/** Inherited by every process that a test file starts, so that it does not take another file's for its own. */
const MARK = { name: 'MQTT_VS_HTTP_TESTED_BY', value: String(process.pid) }
process.env[MARK.name] = MARK.value

function isOfThisFile(pid: number): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return environment.includes(`${MARK.name}=${MARK.value}`)
  } catch {
    // It has ended meanwhile.
    return false
  }
}

/** Direct children of a process. */
export function childrenOf(pid: number): { pid: number; args: string }[] {
  return runningProcesses()
    .filter(({ parent }) => parent === pid)
    .map((child) => ({ pid: child.pid, args: child.args }))
}

/** True when the program can be run; where tools are required, its lack is a failure. */
export function hasTool(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name} || command -v /usr/sbin/${name}`])
    return true
  } catch {
    if (process.env.MQTT_VS_HTTP_REQUIRE_TOOLS !== undefined) {
      throw new Error(`${name} is not installed, and MQTT_VS_HTTP_REQUIRE_TOOLS asks for it`)
    }
    return false
  }
}

/** Runs what is wrong usage, and holds that it says so in one line with exit status 2; that line. */
export async function refusalOf(args: readonly string[]): Promise<string> {
  using folder = temporaryFolder()
  const { code, stderr } = await runCommand([...args, '--out', join(folder.path, 'out')])
  expect({ code, lines: stderr.trim().split('\n').length }, stderr).toEqual({ code: 2, lines: 1 })
  return stderr
}
