import type { Options } from 'yargs'
import { ROLES } from '../../model/vocabulary.ts'
import { DEFAULT_LOAD } from '../../plan/load-plan.ts'
import { PACE_FORMS } from '../../plan/parse-pace.ts'

/** Of a run under load. */
export const LOAD_FLAGS = {
  rate: {
    describe: `open loop at a rate, in ${PACE_FORMS}`,
    type: 'string',
    requiresArg: true,
  },
  sweep: {
    describe:
      'open loop at rising rates: "saturation" for shares of what it carries, or 100,1000,5000',
    type: 'string',
    requiresArg: true,
  },
  connections: {
    describe: `connections under load (default: ${DEFAULT_LOAD.connections})`,
    type: 'number',
    requiresArg: true,
  },
  'in-flight': {
    describe: `messages in flight on each connection (default: ${DEFAULT_LOAD.inFlight}, pre-encoded HTTP/1.1 1: more are pipelined)`,
    type: 'number',
    requiresArg: true,
  },
  workers: {
    describe: 'load processes, which share connections and rate (default: 1)',
    type: 'number',
    requiresArg: true,
  },
  duration: {
    describe: 'length of each load phase (default: 3s, of a step 2s; with --quick half)',
    type: 'string',
    requiresArg: true,
  },
  'connect-rate': {
    describe: 'connections opened per second, at most (default: as fast as they open)',
    type: 'number',
    requiresArg: true,
  },
  part: {
    describe:
      'which of several generators this is, of all connections, messages and rate: 2/3, or auto, auto/3 in a job array of Slurm or Kubernetes',
    type: 'string',
    requiresArg: true,
  },
  'start-at': {
    describe: 'when the first load phase begins, such as 2026-12-01T12:00:00Z',
    type: 'string',
    requiresArg: true,
  },
  role: {
    describe:
      'publish or subscribe only: this part is one end of a load over a broker, and report --merge puts both together; with --mqtt-url, --part, --start-at',
    choices: ROLES,
    requiresArg: true,
  },
  'own-target': {
    describe:
      'lift the bound on load for a remote server that you answer for: host=messages per second, of all parts together',
    type: 'string',
    array: true,
    nargs: 1,
  },
  clients: {
    describe: 'who sends under load (default: all)',
    choices: ['all', 'library', 'bare'],
    requiresArg: true,
  },
} as const satisfies Record<string, Options>
