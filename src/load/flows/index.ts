import type { Flow as FlowName } from '../../model/vocabulary.ts'
import { fanout } from './fanout.ts'
import type { Flow } from './flow.ts'
import { roundtrip } from './roundtrip.ts'
import { uplink } from './uplink.ts'

/** What carries out each flow of the scenario files. */
export const FLOWS: Readonly<Record<FlowName, Flow>> = {
  uplink,
  roundtrip,
  fanout,
}
