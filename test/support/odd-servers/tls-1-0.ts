import { openssl, type StartOddServer } from './kit.ts'

/** TLS 1.0 alone. */
export const start: StartOddServer = ({ server }) =>
  openssl(server, '-tls1', '-cipher', 'ALL:@SECLEVEL=0')
