import type { Options } from 'yargs'
import { ROLES } from '../../model/vocabulary.ts'
import { DEFAULT_LOAD } from '../../plan/load-plan.ts'
import { PACE_FORMS } from '../../plan/parse-pace.ts'
import { number, oneOf, text } from './kinds.ts'

/** Of a run under load. */
export const LOAD_FLAGS = {
  rate: text(`open loop at a rate, in ${PACE_FORMS}`),
  sweep: text(
    'open loop at rising rates: "saturation" for shares of what it carries, or 100,1000,5000',
  ),
  connections: number(`connections under load (default: ${DEFAULT_LOAD.connections})`),
  'in-flight': number(
    `messages in flight on each connection (default: ${DEFAULT_LOAD.inFlight}, pre-encoded HTTP/1.1 1: more are pipelined)`,
  ),
  workers: number('load processes, which share connections and rate (default: 1)'),
  duration: text('length of each load phase (default: 3s, of a step 2s; with --quick half)'),
  'connect-rate': number('connections opened per second, at most (default: as fast as they open)'),
  part: text(
    'which of several generators this is, of all connections, messages and rate: 2/3, or auto, auto/3 in a job array of Slurm or Kubernetes',
  ),
  'start-at': text('when the first load phase begins, such as 2026-12-01T12:00:00Z'),
  role: oneOf(
    'publish or subscribe only: this part is one end of a load over a broker, and report --merge puts both together; with --mqtt-url, --part, --start-at',
    ROLES,
  ),
  'own-target': {
    describe:
      'lift the bound on load for a remote server that you answer for: host=messages per second, of all parts together',
    type: 'string',
    array: true,
    nargs: 1,
  },
  clients: oneOf('who sends under load (default: all)', ['all', 'library', 'bare']),
} as const satisfies Record<string, Options>
