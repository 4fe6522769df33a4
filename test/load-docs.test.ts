import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IJob, Job } from 'kubernetes-models/batch/v1/Job'
import { describe, expect, it, vi } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import yargs from 'yargs'
import { RUN_FLAGS, type RunArguments } from '../src/commands/flags/run.ts'
import { planRun } from '../src/plan/make-plan.ts'
import { root, temporaryFolder } from './support/command.ts'

const docs = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8')

/** What the compiler knows of a Job too: the published schema lets unknown fields pass. */
const JOB = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'mqtt-vs-http-load' },
  spec: {
    completionMode: 'Indexed',
    completions: 3,
    parallelism: 3,
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'load',
            image: 'node:20',
            workingDir: '/app',
            env: [{ name: 'START_AT', value: expect.any(String) as string }],
            command: ['sh', '-c'],
            args: [expect.any(String) as string],
            resources: { requests: { cpu: '2' }, limits: { cpu: '2' } },
            volumeMounts: [{ name: 'results', mountPath: '/results' }],
          },
        ],
        volumes: [{ name: 'results', persistentVolumeClaim: { claimName: 'results' } }],
      },
    },
  },
} satisfies IJob

/** The plan of the command line that a shell comes to, and the folder that it writes. */
async function planOf(shell: readonly string[], environment: Readonly<Record<string, string>>) {
  using folder = temporaryFolder()
  // What `npx mqtt-vs-http` would be given.
  writeFileSync(join(folder.path, 'npx'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 })
  const [program = '', ...args] = shell
  const env = { PATH: `${folder.path}:${process.env.PATH}`, ...environment }
  const words = execFileSync(program, args, { env, encoding: 'utf8' }).trimEnd().split('\n')
  expect(words.slice(0, 2)).toEqual(['mqtt-vs-http', 'run'])
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const parser = yargs(words.slice(2))
    .options(RUN_FLAGS)
    .strictOptions()
    .exitProcess(false)
    .help(false)
  const { _: scenario, ...argv } = (await parser.parse()) as unknown as RunArguments & {
    _: string[]
  }
  const plan = await planRun({ ...argv, scenario, 'link-bytes': 'off' })
  vi.unstubAllEnvs()
  return { plan, out: argv.out }
}

const START_AT = () => new Date(Date.now() + 60_000).toISOString()

describe('docs/load.md', () => {
  it.each([
    ['sh', 'load/fleet.sh'],
    ['yaml', 'load/job.yaml'],
    ['sh', 'load/ends.sh'],
    ['yaml', 'load/ends.yaml'],
    ['yaml', 'load/readings.yaml'],
  ])('shows, as %s, the file %s', (language, file) =>
    expect(docs('load.md')).toContain(`\`\`\`${language}\n${docs(file)}\`\`\``),
  )

  it('has a Job as the schema of Kubernetes has it', () => {
    const job = parse(docs('load/job.yaml'))
    expect(() => new Job(job).validate()).not.toThrow()
    expect(job).toEqual(JOB)
    job.spec.completions = '3'
    expect(() => new Job(job).validate()).toThrow('completions')
  })

  it('has a Job whose pods are the parts of one load', async () => {
    const { spec } = parse(docs('load/job.yaml')) as typeof JOB
    const [{ command, args }] = spec.template.spec.containers as [
      (typeof JOB.spec.template.spec.containers)[number],
    ]
    for (const [index, part] of [1, 2, 3].entries()) {
      const environment = { START_AT: START_AT(), JOB_COMPLETION_INDEX: String(index) }
      const { plan, out } = await planOf([...command, ...args], environment)
      expect(plan.load?.part).toEqual({ index, of: spec.completions })
      expect(plan.load?.startAtMs).toBe(Date.parse(environment.START_AT))
      expect(out).toBe(`/results/part-${part}`)
    }
  })

  it('has a job array of Slurm whose tasks are the parts of one load', async () => {
    const path = join(root, 'docs', 'load', 'fleet.sh')
    const [, first, last] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(docs('load/fleet.sh')) ?? []
    expect([first, last]).toEqual(['1', '3'])
    for (const part of [1, 2, 3]) {
      const environment = {
        START_AT: START_AT(),
        SLURM_ARRAY_TASK_ID: String(part),
        SLURM_ARRAY_TASK_MIN: String(first),
        SLURM_ARRAY_TASK_COUNT: String(last),
      }
      const { plan, out } = await planOf(['sh', path], environment)
      expect(plan.load?.part).toEqual({ index: part - 1, of: 3 })
      expect(out).toBe(`part-${part}`)
    }
  })

  it('has publishers and subscribers as two arrays of Slurm, and as two Jobs', async () => {
    const jobs = parseAllDocuments(docs('load/ends.yaml')).map((job) => job.toJS() as typeof JOB)
    const ends = [
      ['subscribe', 2],
      ['publish', 3],
    ] as const
    expect(jobs).toHaveLength(ends.length)
    for (const [place, [role, of]] of ends.entries()) {
      const job = jobs[place] as typeof JOB
      expect(() => new Job(job).validate()).not.toThrow()
      const amounts = { completions: of, parallelism: of }
      expect(job).toEqual({
        ...JOB,
        metadata: { name: `mqtt-vs-http-${role}` },
        spec: { ...JOB.spec, ...amounts },
      })
      const shared = { START_AT: START_AT(), SCENARIO: join(root, 'docs/load/readings.yaml') }
      const [{ command, args }] = job.spec.template.spec.containers as [
        (typeof JOB.spec.template.spec.containers)[number],
      ]
      const script = ['sh', join(root, 'docs', 'load', 'ends.sh')]
      const number = String(of)
      for (const [shell, environment] of [
        [[...command, ...args], { JOB_COMPLETION_INDEX: String(of - 1) }],
        [
          script,
          {
            ...{ ROLE: role, SLURM_ARRAY_TASK_ID: number, SLURM_ARRAY_TASK_MIN: '1' },
            SLURM_ARRAY_TASK_COUNT: number,
          },
        ],
      ] as const) {
        const { plan, out } = await planOf(shell, { ...shared, ...environment })
        expect(plan.load).toMatchObject({ role, part: { index: of - 1, of } })
        expect(out).toMatch(new RegExp(`^(/results/)?${role}-${of}$`))
      }
    }
  })
})
