import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { posix, win32 } from 'node:path'
import { type Said, said } from '../../model/said/said.ts'
import { installLine } from '../../system/install-line.ts'

/** Debian, Homebrew and Windows put it where the PATH of an ordinary user may not lead. */
const moreFolders = (platform: string, env: NodeJS.ProcessEnv): string[] =>
  platform === 'win32'
    ? [win32.join(env.ProgramFiles ?? 'C:\\Program Files', 'mosquitto')]
    : ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']

/** Names the program where it is neither on the PATH nor in the usual folders. */
const PROGRAM_VARIABLE = 'MQTT_VS_HTTP_MOSQUITTO'

const PACKAGES = {
  ...{ apt: 'mosquitto', apk: 'mosquitto', dnf: 'mosquitto', pacman: 'mosquitto' },
  ...{ brew: 'mosquitto', winget: 'EclipseFoundation.Mosquitto' },
}
const install = (): Said => installLine(PACKAGES)

export interface MosquittoProgram {
  readonly path: string
  /** As it says itself: `2.0.11`. */
  readonly version: string
}

/** The Mosquitto of this machine, or why there is none that can be used. */
export async function findMosquitto(
  env: NodeJS.ProcessEnv = process.env,
): Promise<MosquittoProgram | { readonly missing: Said }> {
  const named = env[PROGRAM_VARIABLE]
  if (named !== undefined) {
    return (
      (await tryProgram(named)) ?? {
        missing: said('noSuchMosquitto', {
          variable: PROGRAM_VARIABLE,
          named,
          install: install(),
        }),
      }
    )
  }
  for (const path of listPlaces(env)) {
    const found = await tryProgram(path)
    if (found !== null) return found
  }
  return { missing: said('noMosquitto', { install: install() }) }
}

/** Where it may lie, in the order in which one is taken. */
export function listPlaces(env: NodeJS.ProcessEnv, platform: string = process.platform): string[] {
  const { delimiter, join } = platform === 'win32' ? win32 : posix
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const name = platform === 'win32' ? 'mosquitto.exe' : 'mosquitto'
  return [...folders, ...moreFolders(platform, env)].map((folder) => join(folder, name))
}

async function tryProgram(path: string): Promise<MosquittoProgram | null> {
  try {
    await access(path, constants.X_OK)
  } catch {
    return null
  }
  // Each transport that needs it asks, and all of them at once in a list.
  const usage = usages.get(path) ?? askUsage(path)
  usages.set(path, usage)
  const [, version] = /^mosquitto version (\S+)/m.exec(await usage) ?? []
  if (version !== undefined) return { path, version }
  // What a busy machine did not let it say is asked again.
  usages.delete(path)
  return null
}

const usages = new Map<string, Promise<string>>()

/** It tells its version with its usage, and ends with a status that says wrong usage. */
const askUsage = (path: string): Promise<string> =>
  new Promise((resolve) => {
    execFile(path, ['-h'], { timeout: 5_000 }, (_error, stdout) => resolve(stdout))
  })
