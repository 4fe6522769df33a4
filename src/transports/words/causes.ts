import { describeError } from '../../model/errors.ts'

/** What went wrong on a connection, and what would be right where that is known. */
export interface Cause {
  readonly what: string
  readonly remedy?: string
}

/** By the code of the system, of OpenSSL, or of the HTTP client: none of them is a sentence. */
const CAUSES: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: { what: 'nobody listens there (ECONNREFUSED)' },
  ECONNRESET: { what: 'the other side reset it (ECONNRESET)' },
  EPIPE: { what: 'the other side had closed it already (EPIPE)' },
  ENOTFOUND: {
    what: 'nobody knows that host name (ENOTFOUND)',
    remedy: 'check the name in the URL',
  },
  EHOSTUNREACH: {
    what: 'no way leads to that host (EHOSTUNREACH)',
    remedy: 'check the address in the URL, and the network',
  },
  ENETUNREACH: {
    what: 'no way leads to that network (ENETUNREACH)',
    remedy: 'check the address in the URL, and whether this machine has that version of IP',
  },
  UND_ERR_SOCKET: { what: 'the other side closed it before it had answered' },
  UND_ERR_HEADERS_OVERFLOW: {
    what: 'the head of its answer is larger than the 16 KiB that fetch reads (UND_ERR_HEADERS_OVERFLOW)',
    remedy: 'let the server send fewer or shorter header fields',
  },
  UND_ERR_HEADERS_TIMEOUT: { what: 'no answer came in the time that fetch waits for one' },
  UND_ERR_BODY_TIMEOUT: { what: 'its answer stopped in the middle' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    what: 'the content of its answer is not as long as its Content-Length says',
  },
  HPE_INVALID_CONSTANT: NO_HTTP1('HPE_INVALID_CONSTANT'),
  HPE_INVALID_VERSION: NO_HTTP1('HPE_INVALID_VERSION'),
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS('ERR_SSL_WRONG_VERSION_NUMBER'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS('ERR_SSL_PACKET_LENGTH_TOO_LONG'),
  ERR_SSL_UNEXPECTED_MESSAGE: NO_TLS('ERR_SSL_UNEXPECTED_MESSAGE'),
}

function NO_HTTP1(code: string): Cause {
  return {
    what: `what it answered is no HTTP/1.1 (${code})`,
    remedy: 'check port and scheme of the URL',
  }
}

function NO_TLS(code: string): Cause {
  return {
    what: `what it answered is no TLS (${code})`,
    remedy: 'where that port speaks no TLS, write the URL with http://, mqtt:// or ws://',
  }
}

/** undici takes neither 100 Continue nor 101 where it has not asked for them. */
const INTERIM: Cause = {
  what: 'it sent an interim answer that fetch does not take (100 Continue or 101 without having been asked)',
  remedy: 'let it answer at once; other transports take it',
}

/** The system's code where there are no better words: the message of an AggregateError is empty. */
export function describeCause(error: unknown): Cause {
  const { code } = (error ?? {}) as { code?: unknown }
  if (typeof code !== 'string') return { what: describeError(error) }
  if (code === 'UND_ERR_SOCKET' && describeError(error) === 'bad response') return INTERIM
  return CAUSES[code] ?? { what: code }
}
