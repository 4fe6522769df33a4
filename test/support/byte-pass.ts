import type { CellSpec } from '../../src/delivery/cell-spec.ts'
import { DeliveryTally } from '../../src/delivery/delivery-tally.ts'
import { patienceOf } from '../../src/delivery/patience.ts'
import { EndpointHost } from '../../src/endpoint/host.ts'
import {
  type BytePassOutcome,
  type BytePassRequest,
  runBytePass,
} from '../../src/load/passes/byte-pass.ts'
import { NO_INJECTION } from '../../src/model/injection.ts'
import type { Scenario } from '../../src/model/scenario/scenario.ts'

/** Of a cell as it is told to every pass, without faults and without options. */
export function plainCell(
  cell: Pick<CellSpec, 'transport' | 'scenario' | 'address' | 'certificate'>,
): CellSpec {
  return { ...cell, fileBytes: null, options: {}, injection: NO_INJECTION }
}

/** A byte pass of a cell whose arrivals nobody looks at. */
export function plainPass(cell: Parameters<typeof plainCell>[0]): BytePassRequest {
  return {
    cell: plainCell(cell),
    patience: patienceOf({ injection: NO_INJECTION }),
    strayByte: null,
    tallies: [new DeliveryTally()],
  }
}

/** A byte pass between both sides of a transport, in this process; what arrived is held against what was sent. */
export async function measureHere(
  transport: string,
  scenario: Scenario,
  options: Record<string, unknown> = {},
  recording: BytePassRequest['recording'] = 'none',
): Promise<BytePassOutcome & { counts: ReturnType<DeliveryTally['counts']> }> {
  const host = new EndpointHost()
  try {
    const { address, certificate } = await host.serve({
      ...{ transport, scenario, options, host: '127.0.0.1', injection: NO_INJECTION },
    })
    const pass = plainPass({ transport, scenario, address, certificate })
    const [tally] = pass.tallies as [DeliveryTally]
    await host.startTally(tally)
    const cell = { ...pass.cell, options }
    const outcome = await runBytePass({ ...pass, cell, recording })
    await host.collectTally({ tally, expected: outcome.sent, deadlineMs: 5_000 })
    return { ...outcome, counts: tally.counts() }
  } finally {
    await host.stop()
  }
}
