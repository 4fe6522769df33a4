import { type Said, said } from '../model/said/said.ts'
import { textOf } from './text-of.ts'

/** The package that has a program, by the manager that installs it; those that have none are left out. */
export type Packages = Readonly<Partial<Record<Manager, string>>> & { readonly apt: string }

type Manager = keyof typeof COMMANDS

const COMMANDS = {
  apt: 'apt-get install',
  apk: 'apk add',
  dnf: 'dnf install',
  pacman: 'pacman -S',
  brew: 'brew install',
  winget: 'winget install',
} as const

/** By `ID` and `ID_LIKE` of os-release(5). */
const MANAGER_OF: Readonly<Record<string, Manager>> = {
  debian: 'apt',
  ubuntu: 'apt',
  alpine: 'apk',
  fedora: 'dnf',
  rhel: 'dnf',
  arch: 'pacman',
}

const OS_RELEASE = '/etc/os-release'

/**
 * The line that installs a program on this machine, to be pasted: `apk add mosquitto`.
 * Where the system has no package of it that is known, what Debian calls it.
 */
export function installLine(
  packages: Packages,
  platform: string = process.platform,
  osRelease: string = platform === 'linux' ? (textOf(OS_RELEASE) ?? '') : '',
): Said {
  const manager = managerOf(platform, osRelease)
  const name = manager && packages[manager]
  if (manager && name) return `${COMMANDS[manager]} ${name}`
  return said('installAsDebian', { line: `${COMMANDS.apt} ${packages.apt}` })
}

function managerOf(platform: string, osRelease: string): Manager | null {
  if (platform === 'darwin') return 'brew'
  if (platform === 'win32') return 'winget'
  const words = [...osRelease.matchAll(/^(?:ID|ID_LIKE)=["']?([^"'\n]*)/gm)].flatMap(
    ([, value = '']) => value.split(/\s+/),
  )
  const known = words.find((word) => Object.hasOwn(MANAGER_OF, word))
  return known === undefined ? null : (MANAGER_OF[known] as Manager)
}
