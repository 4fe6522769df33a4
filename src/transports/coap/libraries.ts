import type { Library } from '../../model/wire/library.ts'

/** Both sides of node-coap, and what encodes its messages. */
export const NODE_COAP: readonly Library[] = [
  { name: 'coap', moves: 'both' },
  { name: 'coap-packet', moves: 'both' },
]
