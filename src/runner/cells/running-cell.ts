import type { CellSpec } from '../../delivery/cell-spec.ts'
import { saidOf } from '../../model/errors.ts'
import type { Said } from '../../model/said/said.ts'
import type { Plan, PlannedScenario } from '../../plan/plan.ts'
import type { Target } from '../../targets/target.ts'
import type { EndpointHandle } from '../endpoint-handle.ts'
import type { CellDraft } from './cell-builder.ts'

/** A cell whose endpoint is up. */
export class ServedCell {
  readonly transport: string
  readonly planned: PlannedScenario
  readonly draft: CellDraft
  readonly endpoint: EndpointHandle
  readonly address: string
  readonly certificate: string | null
  readonly noticePort: number
  /** The server that is measured, where it is not an endpoint of ours. */
  readonly target: Target | undefined
  readonly arrivals: 'told' | 'untold'

  constructor(
    cell: Omit<ServedCell, 'fail' | 'spec' | 'target' | 'arrivals'> &
      Partial<Pick<ServedCell, 'target' | 'arrivals'>>,
  ) {
    this.transport = cell.transport
    this.planned = cell.planned
    this.draft = cell.draft
    this.endpoint = cell.endpoint
    this.address = cell.address
    this.certificate = cell.certificate
    this.noticePort = cell.noticePort
    this.target = cell.target
    this.arrivals = cell.arrivals ?? 'told'
  }

  /** What every pass is told of it. */
  spec({ options, injection }: Pick<Plan, 'options' | 'injection'>): CellSpec {
    const { transport, planned, address, certificate, target } = this
    const { scenario, fileBytes } = planned
    return { transport, scenario, fileBytes, options, address, certificate, injection, target }
  }

  /** A connection that broke because the endpoint died is told as the endpoint's death. */
  fail(reason: Said): void {
    const { death } = this.endpoint
    this.draft.fail(death === null ? reason : saidOf(death))
  }
}
