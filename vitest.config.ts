import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What holds which side used its CPU: it shares two cores with what it measures, and with nobody else. */
const ALONE = ['test/run-load-limits.test.ts']

/**
 * What holds a measured time or rate of a link, or a packet that a busy machine
 * would have TCP send: these files wait for a link most of the time, and so for
 * each other, but for nothing that works.
 */
const WAITING = [
  'test/link-bytes.test.ts',
  'test/run-link.test.ts',
  'test/run-loss.test.ts',
  'test/link-round-trips.test.ts',
  'test/link-shaping.test.ts',
  'test/run-link-bytes.test.ts',
]

/**
 * What counts all that is open in its process, or changes it for everybody: each
 * in a process of its own. The others share what they load, and the processes that
 * hold the built command for them.
 */
const BY_THEMSELVES = [
  'test/transport-contract.test.ts',
  'test/command-contract.test.ts',
  'test/fanout-contract.test.ts',
  'test/coap-messages.test.ts',
  'test/namespace-pair.test.ts',
  'test/load-docs.test.ts',
]

/** Begun first: whatever runs long and begins last has a core idle beside it. */
const LONG = [
  ...WAITING,
  'test/run-bytes.test.ts',
  'test/connection-ends.test.ts',
  'test/run-load.test.ts',
  'test/run-latency.test.ts',
  'test/slow-targets.test.ts',
  'test/run-commands.test.ts',
  'test/run-faults.test.ts',
  'test/transport-contract.test.ts',
  'test/slurm.test.ts',
  'test/readme.test.ts',
  'test/run-fanout.test.ts',
  'test/package.test.ts',
  'test/command-contract.test.ts',
  'test/real-targets.test.ts',
  'test/page-in-browser.test.ts',
  'test/tls-socket.test.ts',
  'test/fanout-contract.test.ts',
  'test/odd-servers.test.ts',
  'test/mqtt-load-driver.test.ts',
  'test/intruded-run.test.ts',
  'test/break-even.test.ts',
  'test/handshake-sizes.test.ts',
]

/** Without a memory of earlier runs, as in a clean clone, vitest only knows how large a file is. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((file) => moduleId.endsWith(file))
      return at < 0 ? LONG.length : at
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

/** Many wait for a deadline or another process: twice as many as there are cores. */
const SIDE_BY_SIDE = { maxWorkers: 4, sequence: { groupOrder: 2 } }

export default defineConfig({
  test: {
    // Until what is awaited has happened, however busy the machine is: what hangs ends then.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongFirst },
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
        test: { name: 'waiting', include: WAITING, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          ...SIDE_BY_SIDE,
          name: 'side by side',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...WAITING, ...BY_THEMSELVES],
          isolate: false,
        },
      },
      {
        extends: true,
        test: { ...SIDE_BY_SIDE, name: 'by themselves', include: BY_THEMSELVES },
      },
      {
        extends: true,
        test: {
          name: 'units',
          include: ['src/**/*.test.ts'],
          // They leave nothing behind them, and share what they load: loading is most of their time.
          isolate: false,
          pool: 'threads',
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
