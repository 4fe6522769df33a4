import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Linux, prctl(2): PR_SET_PDEATHSIG ends a program with the process that has
 * started it, however that ends. It outlasts exec, and is lost where a process
 * becomes another user, which ours do not. Where there is no such program, what
 * a killed run has started is there until the next run.
 */
const WITH_ITS_PARENT = ['setpriv', '--pdeathsig', 'KILL']

let isSetprivThere: Promise<boolean> | undefined

/** What is put before a program that is to end with this process: nothing where that cannot be. */
export async function untilParentEnds(): Promise<readonly string[]> {
  const [program = '', ...args] = WITH_ITS_PARENT
  isSetprivThere ??= run(program, [...args, 'true']).then(
    () => true,
    () => false,
  )
  return (await isSetprivThere) ? WITH_ITS_PARENT : []
}
