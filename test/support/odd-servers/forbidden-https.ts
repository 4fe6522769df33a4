import { nginx, type StartOddServer } from './kit.ts'

/** Over TLS, and lets nobody in. */
export const start: StartOddServer = ({ server }) =>
  nginx(`listen 127.0.0.1:PORT ssl; ssl_certificate ${server.certificate};
    ssl_certificate_key ${server.key}; ssl_protocols TLSv1.3; location / { return 403; }`)
