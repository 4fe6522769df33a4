import type { AnswerSetName } from '../../../model/scenario/header-sets.ts'
import type { HeaderSet } from './header-set.ts'

/**
 * How real servers answer a POST with `204 No Content`. Dates are those of the
 * capture: a date has a fixed width (RFC 9110 §5.6.7). `Content-Length` is added
 * where the scenario's answer has content; none of these had any.
 */
export const ANSWER_SETS: Readonly<
  Record<AnswerSetName, HeaderSet & { readonly reason: 'none' | 'phrase' }>
> = {
  minimal: {
    program: 'RFC 9112',
    basis: 'specified',
    from: 'RFC 9112 §4: the reason phrase may be absent, the space before it not; RFC 9110 §6.6.1: an origin server without a clock sends no Date',
    reason: 'none',
    lines: [],
  },
  node: {
    program: 'node:http of Node 20.20.2',
    basis: 'captured',
    from: 'response.statusCode = 204; response.end()',
    reason: 'phrase',
    lines: [
      'Date: Tue, 24 Nov 2026 04:56:58 GMT',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
    ],
  },
  fastify: {
    program: 'Fastify 5.12.8 on Node 20.20.2',
    basis: 'captured',
    from: 'reply.code(204).send()',
    reason: 'phrase',
    lines: [
      'Date: Tue, 24 Nov 2026 04:56:58 GMT',
      'Connection: keep-alive',
      'Keep-Alive: timeout=72',
    ],
  },
  nginx: {
    program: 'nginx 1.22.1',
    basis: 'captured',
    from: 'location / { return 204; }',
    reason: 'phrase',
    lines: [
      'Server: nginx/1.22.1',
      'Date: Tue, 24 Nov 2026 04:56:58 GMT',
      'Connection: keep-alive',
    ],
  },
  express: {
    program: 'Express 5.3.0 on Node 20.20.2',
    basis: 'captured',
    from: 'response.status(204).end()',
    reason: 'phrase',
    lines: [
      'X-Powered-By: Express',
      'Date: Tue, 24 Nov 2026 04:58:20 GMT',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
    ],
  },
}
