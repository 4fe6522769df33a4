import { expect, it } from 'vitest'
import { createProgress } from './progress.ts'

it('a line from the network cannot steer the terminal', () => {
  let written = ''
  const stream = { write: (text: string) => (written += text) }
  createProgress(stream, {}).warn('a\u001b[2Jb\u202ec\r\n::error::d')
  expect(written).toBe('a\ufffd[2Jb\ufffdc ::error::d\n')
})
