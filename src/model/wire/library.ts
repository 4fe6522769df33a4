import type { Direction } from '../vocabulary.ts'

/** An npm package that decides what crosses the wire. */
export interface Library {
  readonly name: string
  /** Whose bytes a new version of it can move: those to the server, those to the device, or both. */
  readonly moves: Direction | 'both'
}
