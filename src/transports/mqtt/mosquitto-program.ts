import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Debian and Homebrew put it where the PATH of an ordinary user may not lead. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']

/** Names the program where it is neither on the PATH nor in the usual folders. */
const PROGRAM_VARIABLE = 'MQTT_VS_HTTP_MOSQUITTO'

const INSTALL_LINE = 'install it with: apt-get install mosquitto'

export interface MosquittoProgram {
  readonly path: string
  /** As it says itself: `2.0.11`. */
  readonly version: string
}

/** The Mosquitto of this machine, or why there is none that can be used. */
export async function findMosquitto(
  env: NodeJS.ProcessEnv = process.env,
): Promise<MosquittoProgram | { readonly missing: string }> {
  const named = env[PROGRAM_VARIABLE]
  if (named !== undefined) {
    return (
      (await tryProgram(named)) ?? {
        missing: `${PROGRAM_VARIABLE} names ${named}, which is no Mosquitto that runs; ${INSTALL_LINE}`,
      }
    )
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const folder of [...folders, ...MORE_FOLDERS]) {
    const found = await tryProgram(join(folder, 'mosquitto'))
    if (found !== null) return found
  }
  return { missing: `needs the broker Mosquitto, which is not on this machine; ${INSTALL_LINE}` }
}

async function tryProgram(path: string): Promise<MosquittoProgram | null> {
  try {
    await access(path, constants.X_OK)
  } catch {
    return null
  }
  // It tells its version with its usage, and ends with a status that says wrong usage.
  const usage = await new Promise<string>((resolve) => {
    execFile(path, ['-h'], { timeout: 5_000 }, (_error, stdout) => resolve(stdout))
  })
  const [, version] = /^mosquitto version (\S+)/m.exec(usage) ?? []
  return version === undefined ? null : { path, version }
}
