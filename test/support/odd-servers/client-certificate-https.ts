import { nginx, type StartOddServer } from './kit.ts'

/** Asks for a certificate of the client; nginx says so by 400. */
export const start: StartOddServer = ({ server, authority }) =>
  nginx(`listen 127.0.0.1:PORT ssl; ssl_certificate ${server.certificate};
    ssl_certificate_key ${server.key}; ssl_protocols TLSv1.3;
    ssl_client_certificate ${authority}; ssl_verify_client on; location / { return 204; }`)
