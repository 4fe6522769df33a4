import type { LossCounts } from '../../../model/link/loss.ts'
import type { LinkProfile } from '../../../model/link/profile.ts'
import type { ServedCell } from '../../cells/running-cell.ts'

/** What is between device and endpoint in a latency pass that is not of loopback. */
export interface DeviceWay {
  /** What it does to time; deadlines come from it. */
  readonly profile: LinkProfile
  /** By how much a single wait may be longer than that: where packets are lost and sent again. */
  readonly slackMs: number
  /** For one cell: so many samples as fit. */
  readonly budgetMs: number
  /** Samples after which a stage need not go on. */
  readonly enough: { readonly cold: number; readonly steady: number }
  /** Where arrival notices are told, if not on loopback. */
  readonly noticeHost?: string
  open(cell: ServedCell): Promise<OpenWay>
}

interface OpenWay {
  /** Where the device connects. */
  readonly address: string
  /** @returns what was lost on it; null where nothing is */
  close(): Promise<LossCounts | null>
}
