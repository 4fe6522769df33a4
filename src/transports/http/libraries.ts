import type { Library } from '../../model/wire/library.ts'

/** Drives the connections of Node's own `fetch`. */
export const UNDICI: Library = { name: 'undici', moves: 'up' }

/** Answers, on every endpoint that does not write its answers itself. */
export const FASTIFY: Library = { name: 'fastify', moves: 'down' }
