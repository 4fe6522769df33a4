import type { Layer, Phase } from '../../../model/vocabulary.ts'

/** What the bytes of a message are for. */
export interface MessageUse {
  readonly phase: Phase
  readonly head: Layer
  readonly content: Layer
}

/** A request with a payload, or a response that a GET fetched one with. */
export const CARRIES: MessageUse = { phase: 'steady', head: 'framing', content: 'payload' }

/** Where the payload went up, the whole response is an acknowledgement, its body included. */
export const ACKNOWLEDGES: MessageUse = {
  ...{ phase: 'steady', head: 'acknowledgement', content: 'acknowledgement' },
}

/**
 * What a GET turned out to be for, which only its answer says:
 *
 * - `message`: it fetched one; the content is the payload.
 * - `nothing`: there was none (204, 304). It was a wait.
 * - `stream`: it opened an event stream.
 * - `other`: an upgrade, a redirect, a refusal.
 */
export type GetPurpose = 'message' | 'nothing' | 'stream' | 'other'

/** What the response to a GET is for. */
export const FETCH_USES: Readonly<Record<GetPurpose, MessageUse>> = {
  message: CARRIES,
  nothing: { phase: 'idle', head: 'control', content: 'control' },
  stream: CARRIES,
  other: ACKNOWLEDGES,
}

/** As far as the status of its answer says it. */
export function purposeOf(status: number): GetPurpose {
  if (status === 204 || status === 304) return 'nothing'
  return status >= 200 && status < 300 ? 'message' : 'other'
}
