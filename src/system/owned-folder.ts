import { readdirSync, readlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf } from './text-of.ts'

/** Before the name of everything that we put into the temporary folder. */
const PREFIX = 'mqtt-vs-http-'

/** Whose folder it is; the start makes it one process, since ids are given again. */
interface Owner {
  readonly pid: number
  /** In ticks since the machine started; 0 where nothing tells. */
  readonly start: number
  /** Ids mean something within one namespace: a container may share the temporary folder. */
  readonly namespace: number
}

/**
 * A new temporary folder that nobody else may enter. Its name tells whose it is,
 * from the instant that it is there, so that a later run can remove what a
 * killed one has left.
 */
export function makeOwnedFolder(purpose: string): Promise<string> {
  const { pid, start, namespace } = thisProcess()
  return mkdtemp(join(tmpdir(), `${PREFIX}${purpose}-${pid}.${start}.${namespace}-`))
}

/**
 * The folders of that purpose whose owner is gone. What is not known for certain
 * is left alone: another's processes, names of another kind.
 */
export function findLeftFolders(purpose: string): string[] {
  return readdirSync(tmpdir())
    .filter((name) => isLeft(ownerIn(name, purpose)))
    .map((name) => join(tmpdir(), name))
}

/** One that cannot be removed is another user's. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {})
}

function ownerIn(name: string, purpose: string): Owner | null {
  const start = `${PREFIX}${purpose}-`
  if (!name.startsWith(start)) return null
  const match = /^(\d+)\.(\d+)\.(\d+)-\w{6}$/.exec(name.slice(start.length))
  if (match === null) return null
  return { pid: Number(match[1]), start: Number(match[2]), namespace: Number(match[3]) }
}

function isLeft(owner: Owner | null): boolean {
  if (owner === null || owner.namespace !== thisProcess().namespace) return false
  const start = startOf(owner.pid)
  // Whoever ought to take note of its end may do so late, or never: the first process of a container.
  if (start === 'ended') return true
  if (start !== null) return start !== owner.start
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function thisProcess(): Owner {
  const start = startOf(process.pid)
  return { pid: process.pid, start: Number(start ?? 0), namespace: pidNamespace() }
}

function pidNamespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0)
  } catch {
    return 0
  }
}

/** Field 22 of `/proc/<pid>/stat`, proc(5); `ended` of a zombie, null where there is no such process, or no `/proc`. */
function startOf(pid: number): number | 'ended' | null {
  const stat = textOf(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? 'ended' : Number(fields[19])
}
