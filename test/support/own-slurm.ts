import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { temporaryFolder } from './command.ts'
import { freePorts, runProgram } from './programs.ts'

/** Tasks at once on each node, however many CPUs this machine has: they wait more than they work. */
const CPUS = 6

/**
 * A Slurm of our own on this machine: munge, a controller and two nodes, in a
 * folder of its own and on ports that are free. Only root may start it.
 */
export async function ownSlurm() {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const [controller, ...nodePorts] = (await freePorts(3)) as [number, number, number]
  const host = hostname().split('.')[0]
  const nodes = nodePorts.map((port, index) => ({ name: `n${index + 1}`, port }))
  writeFileSync(at('munge.key'), new Uint8Array(1_024).fill(7))
  chmodSync(at('munge.key'), 0o400)
  for (const name of ['state', ...nodes.map((node) => `spool-${node.name}`)]) mkdirSync(at(name))
  const settings = [
    'ClusterName=parts',
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${controller}`,
    'SlurmUser=root',
    'SlurmdUser=root',
    'AuthType=auth/munge',
    `AuthInfo=socket=${at('munge.socket')}`,
    'CredType=cred/munge',
    `StateSaveLocation=${at('state')}`,
    `SlurmdSpoolDir=${at('spool-%n')}`,
    `SlurmctldPidFile=${at('slurmctld.pid')}`,
    `SlurmdPidFile=${at('slurmd-%n.pid')}`,
    'ProctrackType=proctrack/pgid',
    'TaskPlugin=task/none',
    'MpiDefault=none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_CPU',
    'SlurmdParameters=config_overrides',
    'SchedulerParameters=sched_interval=1,sched_min_interval=2,batch_sched_delay=0',
    ...nodes.map(
      ({ name, port }) =>
        `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=${CPUS}`,
    ),
    'PartitionName=all Nodes=ALL Default=YES State=UP',
  ]
  writeFileSync(at('slurm.conf'), `${settings.join('\n')}\n`)
  const environment = { ...process.env, SLURM_CONF: at('slurm.conf') }
  let said = ''
  const start = (program: string, args: readonly string[]) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk
      })
    }
    return { child, ended: once(child, 'close') }
  }
  const munge = ['key-file', 'log-file', 'pid-file', 'seed-file', 'socket'].map(
    (name) => `--${name}=${at(name === 'key-file' ? 'munge.key' : `munge.${name.split('-')[0]}`)}`,
  )
  const started = [start('munged', ['--force', '--foreground', ...munge])]
  const stop = async (): Promise<void> => {
    for (const { child } of started.toReversed()) child.kill('SIGKILL')
    await Promise.all(started.map(({ ended }) => ended))
    folder[Symbol.dispose]()
  }
  try {
    await expect.poll(() => said, { timeout: 20_000 }).toContain('Created socket')
    started.push(start('slurmctld', ['-D', '-f', at('slurm.conf')]))
    for (const { name } of nodes) started.push(start('slurmd', ['-D', '-N', name]))
    const states = (): string =>
      execFileSync('sinfo', ['-h', '-N', '-o', '%N %t'], { env: environment, encoding: 'utf8' })
    await expect
      .poll(states, { timeout: 20_000, interval: 200 })
      .toBe(nodes.map(({ name }) => `${name} idle\n`).join(''))
  } catch (error) {
    await stop()
    throw new Error(`slurm did not start: ${said}`, { cause: error })
  }
  return {
    folder: folder.path,
    /**
     * Submits an array and waits for the end of all its tasks.
     * @param onSubmitted told the number of the job
     */
    async array(
      name: string,
      count: number,
      command: readonly string[],
      onSubmitted?: (job: string) => void,
    ) {
      const script = at(`${name}.sh`)
      const words = command.map((word) => `'${word}'`).join(' ')
      writeFileSync(script, `#!/bin/sh\nexec ${words} --out "${at(name)}-$SLURM_ARRAY_TASK_ID"\n`)
      const args = ['--parsable', `--array=1-${count}`, `--output=${at(name)}-%a.txt`, script]
      const job = (await run('sbatch', args)).trim()
      onSubmitted?.(job)
      await expect
        .poll(() => run('squeue', ['-h', '-j', job, '-o', '%i']).catch(() => ''), {
          timeout: 90_000,
          interval: 300,
        })
        .toBe('')
      return Array.from({ length: count }, (_, index) => `${at(name)}-${index + 1}`)
    },
    /** Throws where the controller refuses what a file asks for. */
    wouldTake: (script: string) => run('sbatch', ['--test-only', script]),
    kill: (task: string) => run('scancel', ['--signal=KILL', '--full', task]),
    [Symbol.asyncDispose]: stop,
  }

  function run(program: string, args: readonly string[]): Promise<string> {
    return runProgram(program, args, environment)
  }
}
