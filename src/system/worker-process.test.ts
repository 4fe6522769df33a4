import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../package-root.ts'
import { spinFor } from './clock.ts'
import { workerFile } from './worker-file.ts'
import { type WorkerOptions, WorkerProcess } from './worker-process.ts'

const CHANNEL = JSON.stringify(join(packageRoot, 'src', 'system', 'worker-channel.ts'))

/** Processes of our own as they are, and as they should not be. */
const SCRIPTS = {
  plain: `
    import { answerRequests } from ${CHANNEL}
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    if (process.argv[3] === 'slow') await wait(600)
    answerRequests({
      double: (value) => 2 * value,
      late: async (ms) => { await wait(ms); return 'at last' },
      never: () => new Promise(() => {}),
      hang: () => { for (;;); },
    })`,
  /** As they were before there were pings. */
  older: `
    process.on('disconnect', () => process.exit(0))
    process.on('message', ({ id, command, input }) => process.send(command === 'double'
      ? { id, ok: true, output: 2 * input }
      : { id, ok: false, code: 'internal', message: 'no such command: ' + command }))`,
  silent: `setInterval(() => {}, 1_000); process.on('disconnect', () => process.exit(0))`,
  broken: `throw new Error('Error: its role is not there')`,
}

type Script = keyof typeof SCRIPTS

/** What they answer. */
type Answers = {
  double(value: number): number
  late(ms: number): string
  never(): undefined
  hang(): undefined
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worker-process-test-'))
  for (const [name, text] of Object.entries(SCRIPTS)) {
    await writeFile(join(folder, `${name}.mjs`), text)
  }
})
afterAll(() => rm(folder, { recursive: true }))

const start = (script: Script, options: Partial<WorkerOptions> = {}): WorkerProcess<Answers> =>
  new WorkerProcess({
    title: 'the test process',
    role: 'load',
    label: 'test',
    cpu: null,
    diedCode: 'load-died',
    from: { ...workerFile(undefined, ['--import', 'tsx']), file: join(folder, `${script}.mjs`) },
    ...options,
  })

/** Longer than a busy machine keeps a process waiting that has little to do. */
const SOON_MS = 400

// Each waits for a process of its own: side by side it is waited once.
describe.concurrent('a process that is started', () => {
  it('may take longer to come up than what it is asked', async () => {
    await using worker = start('plain', { label: 'slow' })
    const answers = [4, 5].map((value) => worker.request('double', value, SOON_MS))
    await expect(Promise.all(answers)).resolves.toEqual([8, 10])
  })

  it('tells of the machine where it does not come up', async () => {
    await using worker = start('silent', { startMs: 200 })
    await expect(worker.request('double', 4, 60_000)).rejects.toMatchObject({
      code: 'deadline',
      message: expect.stringMatching(
        /^the test process did not come up within 0.2 s: the machine .*\(load average \d+\.\d on \d+ CPUs?\).*; run again/,
      ),
    })
  })

  it('is waited for anew after it did not come up', async () => {
    await using worker = start('plain', { label: 'slow', startMs: 300 })
    await expect(worker.request('double', 4, 1_000)).rejects.toMatchObject({ code: 'deadline' })
    await expect.poll(() => worker.request('double', 4, 1_000).catch(() => null)).toBe(8)
  })

  it('is not waited for when it dies on the way', async () => {
    await using worker = start('broken')
    await expect(worker.request('double', 4, 1_000)).rejects.toMatchObject({
      code: 'load-died',
      message: expect.stringContaining('its role is not there'),
    })
  })

  it('may be of a version that knows no pings', async () => {
    await using worker = start('older')
    await expect(worker.request('double', 4, 1_000)).resolves.toBe(8)
  })
})

describe.concurrent('an answer that is late', () => {
  it('is waited for while the process lives', async () => {
    await using worker = start('plain')
    await expect(worker.request('late', 2 * SOON_MS, SOON_MS)).resolves.toBe('at last')
  })

  it('is not late when it was this process that got no CPU', async () => {
    await using worker = start('plain')
    await worker.request('double', 1, 1_000)
    const answer = worker.request('double', 4, SOON_MS)
    setImmediate(() => spinFor(2 * SOON_MS * 1_000))
    await expect(answer).resolves.toBe(8)
  })

  it('is not waited for without end', async () => {
    await using worker = start('plain')
    await expect(worker.request('never', undefined, 100)).rejects.toMatchObject({
      code: 'deadline',
      message:
        'the test process did not answer "never" within 1.1 s, though it lives: it waits for something that does not come',
    })
  })

  it('is not waited for when the process hangs', async () => {
    await using worker = start('plain')
    const hang = worker.request('hang', undefined, 100)
    await expect(hang).rejects.toMatchObject({
      code: 'deadline',
      message: expect.stringMatching(/^the test process did not answer "hang" within 0.1 s, nor /),
    })
    worker.kill()
  })
})
