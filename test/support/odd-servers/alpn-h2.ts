import { pemOf, type StartOddServer, tlsServer } from './kit.ts'

/** Takes h2 alone, by ALPN. */
export const start: StartOddServer = ({ server }) =>
  tlsServer({ ...pemOf(server), ALPNProtocols: ['h2'] })
