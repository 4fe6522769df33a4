/** The header sets that a replay knows; their bytes stand with the transport. */

/** Whose request head `http1-replay` sends. */
export const HEADER_SETS = [
  'minimal',
  'node',
  'fetch',
  'curl',
  'python-requests',
  'esp8266',
  'browser',
] as const
export type HeaderSetName = (typeof HEADER_SETS)[number]

/** Whose answer head it is given. */
export const ANSWER_SETS = ['minimal', 'node', 'fastify', 'nginx', 'express'] as const
export type AnswerSetName = (typeof ANSWER_SETS)[number]
