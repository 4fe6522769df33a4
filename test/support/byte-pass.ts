import type { CellSpec } from '../../src/delivery/cell-spec.ts'
import { DeliveryTally } from '../../src/delivery/delivery-tally.ts'
import { patienceOf } from '../../src/delivery/patience.ts'
import type { BytePassRequest } from '../../src/load/passes/byte-pass.ts'
import { NO_INJECTION } from '../../src/model/injection.ts'

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
