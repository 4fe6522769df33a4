import { expect, it } from 'vitest'
import { listenForStop } from './stop-signals.ts'

it('takes ctrl-Break of Windows for ctrl-C', () => {
  const stop = listenForStop()
  // No other system sends it.
  process.emit('SIGBREAK', 'SIGBREAK')
  expect(stop.signal.aborted).toBe(true)
  expect((stop.signal.reason as Error).message).toBe('stopped by SIGBREAK')
  expect(stop.exitCode()).toBe(130)
  expect(process.listenerCount('SIGINT')).toBe(0)
})
