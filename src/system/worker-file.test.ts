import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packageRoot } from '../package-root.ts'
import { workerFile } from './worker-file.ts'
import { WorkerProcess } from './worker-process.ts'

it('is of the build, and of the sources where this process was started from them', () => {
  const built = { file: join(packageRoot, 'dist', 'worker.js'), execArgv: [] }
  expect(workerFile()).toEqual(built)
  expect(workerFile(undefined, ['--import', 'tsx'])).toEqual({
    file: join(packageRoot, 'src', 'worker.ts'),
    execArgv: ['--import', expect.stringMatching(/^file:.*tsx/)],
  })
})

it('is of the build of another version', () => {
  expect(workerFile('/other', ['--import', 'tsx'])).toEqual({
    file: join('/other', 'dist', 'worker.js'),
    execArgv: [],
  })
})

it('starts from sources', async () => {
  await using worker = new WorkerProcess<{ nothing: () => void }>({
    title: 'the load process',
    role: 'load',
    label: 'from sources',
    cpu: null,
    diedCode: 'load-died',
    from: workerFile(undefined, ['--import', 'tsx']),
  })
  await expect(worker.request('nothing', undefined, 20_000)).rejects.toThrow(
    'no such command: nothing',
  )
})
