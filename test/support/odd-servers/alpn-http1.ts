import { pemOf, type StartOddServer, tlsServer } from './kit.ts'

/** Takes http/1.1 alone, by ALPN. */
export const start: StartOddServer = ({ server }) =>
  tlsServer({ ...pemOf(server), ALPNProtocols: ['http/1.1'] })
