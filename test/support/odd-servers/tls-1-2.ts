import { openssl, type StartOddServer } from './kit.ts'

/** TLS 1.2 alone. */
export const start: StartOddServer = ({ server }) => openssl(server, '-tls1_2')
