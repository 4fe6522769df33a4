import { nginx, type StartOddServer } from './kit.ts'

/** HTTP/1.1 and HTTP/2 over TLS. */
export const start: StartOddServer = ({ server }) =>
  nginx(`listen 127.0.0.1:PORT ssl http2; ssl_certificate ${server.certificate};
    ssl_certificate_key ${server.key}; ssl_protocols TLSv1.2 TLSv1.3; location / { return 204; }`)
