import { defineConfig } from 'vitest/config'

/**
 * What holds a measured time or rate, or a packet that a busy machine would have
 * TCP send: these files share two cores with what they measure, and with nobody
 * else. The last one builds anew what the others run.
 */
const ALONE = [
  'test/run-latency.test.ts',
  'test/run-load.test.ts',
  'test/run-link.test.ts',
  'test/run-loss.test.ts',
  'test/run-link-bytes.test.ts',
  'test/link-bytes.test.ts',
  'test/link-round-trips.test.ts',
  'test/link-shaping.test.ts',
  'test/package.test.ts',
]

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // Until what is awaited has happened, however busy the machine is.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ALONE,
          // Many wait for a deadline or another process: one more than there are cores.
          maxWorkers: 3,
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
