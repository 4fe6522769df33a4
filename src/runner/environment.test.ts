import { expect, it } from 'vitest'
import { unpinned } from '../system/pinning.ts'
import { LIBRARY_NAMES } from '../transports/registry.ts'
import { describeEnvironment } from './environment.ts'

it('names the version of every library that a transport speaks through', () => {
  const { libraries } = describeEnvironment(unpinned('a test'))
  expect(Object.keys(libraries)).toEqual(expect.arrayContaining([...LIBRARY_NAMES]))
  expect(Object.entries(libraries).filter(([, version]) => version === 'unknown')).toEqual([])
})
