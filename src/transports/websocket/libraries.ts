import type { Library } from '../../model/wire/library.ts'

/** Both sides of a WebSocket. */
export const WS: Library = { name: 'ws', moves: 'both' }
