import type { Layer, Phase } from '../../../model/vocabulary.ts'

/** What the bytes of a response are for, by what was asked: as in HTTP/1.1. */
export interface ResponseUse {
  readonly phase: Phase
  readonly head: Layer
  readonly content: Layer
}

/** Where the payload went up, all of a response is an acknowledgement. */
export const ACKNOWLEDGES: ResponseUse = {
  ...{ phase: 'steady', head: 'acknowledgement', content: 'acknowledgement' },
}
