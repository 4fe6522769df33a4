import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What a platform opens a file with, in whatever shows such files. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // A word of the shell there, which takes the first text in quotes for a title.
  win32: ['cmd', '/c', 'start', '""'],
}
const OTHERS: readonly [string, ...string[]] = ['xdg-open']

/** Some hand the file over and end, others are what shows it, and stay. */
const PATIENCE_MS = 5_000

/** Why a file was not opened. */
export interface NotOpened {
  readonly program: string
  /** What it ended with; null where it is not there. */
  readonly code: number | null
}

/** Opens a file as a click on it would; null where it was handed over. */
export async function openFile(
  path: string,
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): Promise<NotOpened | null> {
  const [program, ...args] = OPENERS[platform] ?? OTHERS
  const isShell = platform === 'win32'
  const child = spawn(program, [...args, isShell ? `"${path}"` : path], {
    ...{ stdio: 'ignore', detached: true, env },
    windowsVerbatimArguments: isShell,
  })
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    const [code] = await once(child, 'exit', { signal: patience })
    return code === 0 ? null : { program, code }
  } catch {
    return patience.aborted ? null : { program, code: null }
  } finally {
    child.unref()
  }
}
